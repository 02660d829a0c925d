"""Two to six trials side by side."""

from .page import charts, layout, path, title, wire

__all__ = ["charts", "layout", "path", "title", "wire"]
