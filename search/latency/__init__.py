"""Latency as size: measured for the networks that are trained, predicted for all others."""

from .measured import MeasuredLatency, find_latency

__all__ = ["MeasuredLatency", "find_latency"]
