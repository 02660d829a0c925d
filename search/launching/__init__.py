"""Searches as processes of their own, for whoever cannot wait for them."""

from .launcher import ProcessLauncher

__all__ = ["ProcessLauncher"]
