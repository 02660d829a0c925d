"""Counting and drawing the networks of a space by dynamic programming over shapes and costs."""
