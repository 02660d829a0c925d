"""Stopping rules: whether a training that has begun is worth its remaining epochs."""

from .choose import choose_stopping
from .rule import Stop, StoppingRule

__all__ = ["Stop", "StoppingRule", "choose_stopping"]
