"""Searches as processes of their own, for whoever cannot wait for them."""

from .cluster import ClusterLauncher
from .launcher import ProcessLauncher

__all__ = ["ClusterLauncher", "ProcessLauncher"]
