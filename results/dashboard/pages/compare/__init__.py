"""Two to six trials side by side."""

from .page import layout, path, title, wire

__all__ = ["layout", "path", "title", "wire"]
