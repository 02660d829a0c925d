"""One study: accuracy against size, its trials, and what they tell."""

from .page import charts, layout, path, title, wire

__all__ = ["charts", "layout", "path", "title", "wire"]
