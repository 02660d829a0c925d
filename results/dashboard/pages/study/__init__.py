"""One study: accuracy against size, its trials, and what they tell."""

from .page import boxed, brush_of, layout, path, summary, title, wire

__all__ = ["boxed", "brush_of", "layout", "path", "summary", "title", "wire"]
