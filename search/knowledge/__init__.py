"""What a search knows before its first trial."""

from .begin import begin, find_sizer, settle

__all__ = ["begin", "find_sizer", "settle"]
