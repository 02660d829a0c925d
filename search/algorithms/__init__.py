"""Algorithms: what to train next, given what was learnt."""

from .algorithm import Algorithm, Outcome, Proposal
from .choose import choose_algorithm
from .random_search import RandomSearch

__all__ = [
    "Algorithm",
    "Outcome",
    "Proposal",
    "RandomSearch",
    "choose_algorithm",
]
