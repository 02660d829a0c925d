"""Two to six trials side by side."""

from .answers import Example, Sides, exact_mcnemar
from .pairing import MOST, Comparison, Pairing, compare

__all__ = ["MOST", "Comparison", "Example", "Pairing", "Sides", "compare", "exact_mcnemar"]
