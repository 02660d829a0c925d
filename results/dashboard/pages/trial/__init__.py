"""One trial: its network, how it learnt, what it sees, and what to do with it."""

from .page import layout, path, title, wire

__all__ = ["layout", "path", "title", "wire"]
