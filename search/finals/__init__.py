"""Finals: the front trained again with fresh seeds, then the test images opened once."""

from .hold import Finals, hold_finals

__all__ = ["Finals", "hold_finals"]
