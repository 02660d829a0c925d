"""Stores as released versions wrote them, each in a file `version-N.db` that stays as it is."""
