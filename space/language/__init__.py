"""The language in which a search space is declared: stages, a head, limits."""

from .document import read_space, write_space
from .limits import COSTS, NO_BOUND, NO_LIMITS, Bound, Limits
from .stage import PLAIN_HEAD, Head, Stage

__all__ = [
    "COSTS",
    "NO_BOUND",
    "NO_LIMITS",
    "PLAIN_HEAD",
    "Bound",
    "Head",
    "Limits",
    "Stage",
    "read_space",
    "write_space",
]
