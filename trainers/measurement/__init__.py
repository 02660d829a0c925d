"""What a trained network can do, and what it costs on this device."""

from .latency import Latency, measure_latency
from .peak import measure_memory
from .quality import Measurement, measure

__all__ = ["Latency", "Measurement", "measure", "measure_latency", "measure_memory"]
