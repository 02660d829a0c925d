"""What a search knows before its first trial."""

from .begin import begin, find_sizers, settle

__all__ = ["begin", "find_sizers", "settle"]
