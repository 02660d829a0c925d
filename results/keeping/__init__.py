"""Keeping a store in order: notes, tags, names, and what lies on the disk."""
