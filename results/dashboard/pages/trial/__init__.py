"""One trial: its network, how it learnt, what it sees, and what to do with it."""

from .page import charts, layout, path, title, wire

__all__ = ["charts", "layout", "path", "title", "wire"]
