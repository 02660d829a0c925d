"""Learning rates over a training, as shares of the recipe's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .recipe import Recipe

# Where a climb starts: PyTorch's OneCycleLR has 1/25, div_factor.
_FIRST = 1 / 25


def rate_share(recipe: Recipe, progress: float) -> float:
    """Return the share of ``recipe.learning_rate``, in (0, 1], to use at ``progress`` in [0, 1)."""
    climb = recipe.climb
    if progress < climb:
        return _FIRST + (1 - _FIRST) * progress / climb
    if recipe.schedule == "constant":
        return 1.0
    if recipe.schedule == "step":
        return _step(recipe, progress)
    return _cosine((progress - climb) / (1 - climb))


def _step(recipe: Recipe, progress: float) -> float:
    """Lower at milestones (He et al., Deep Residual Learning, 2016, 4.2: tenths at 1/2 and 3/4)."""
    passed = sum(progress >= milestone for milestone in recipe.milestones)
    return float(recipe.gamma**passed)


def _cosine(progress: float) -> float:
    """Half a cosine wave from 1 to 0 (Loshchilov and Hutter, SGDR, 2017, equation 5).

    Behind a climb it is one cycle (after Smith and Topin, Super-Convergence, 2018).
    """
    return (1 + math.cos(math.pi * progress)) / 2
