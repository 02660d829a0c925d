"""A form that starts a search."""

from .page import layout, path, title, wire

__all__ = ["layout", "path", "title", "wire"]
