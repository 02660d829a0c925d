"""A search that knows every size before training, and models accuracy alone."""

from .pareto_search import ParetoSearch

__all__ = ["ParetoSearch"]
