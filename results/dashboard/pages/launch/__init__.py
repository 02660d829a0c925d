"""A form that starts a search."""

from .page import charts, layout, path, title, wire

__all__ = ["charts", "layout", "path", "title", "wire"]
