"""What a network can do, and what it costs on this device."""

from .answers import Answers, answer
from .latency import Latency, measure_latency
from .peak import measure_memory
from .quality import Measurement, measure
from .signals import Signals, measure_signals

__all__ = [
    "Answers",
    "Latency",
    "Measurement",
    "Signals",
    "answer",
    "measure",
    "measure_latency",
    "measure_memory",
    "measure_signals",
]
