"""One study: accuracy against size, its trials, and what they tell."""

from .page import layout, path, title, wire

__all__ = ["layout", "path", "title", "wire"]
