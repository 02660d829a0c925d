"""What a search knows before its first trial."""

from .begin import begin, settle

__all__ = ["begin", "settle"]
