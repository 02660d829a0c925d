"""What a space holds, before the first network is trained."""

from .take import take_census
from .text import text
from .values import Census, Count, Histogram, Share

__all__ = ["Census", "Count", "Histogram", "Share", "take_census", "text"]
