"""Stopping rules: whether a training that has begun is worth its remaining epochs."""

from .choose import choose_stopping
from .rule import Network, Stop, StoppingRule

__all__ = ["Network", "Stop", "StoppingRule", "choose_stopping"]
