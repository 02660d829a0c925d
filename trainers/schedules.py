"""Learning rates over a training, as shares of the recipe's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .recipe import Recipe


def rate_share(recipe: Recipe, progress: float) -> float:
    """Return the share of ``recipe.learning_rate``, in (0, 1], to use at ``progress`` in [0, 1)."""
    return _SCHEDULES[recipe.schedule](progress, recipe.warmup)


def _constant(_progress: float, _warmup: float) -> float:
    return 1.0


def _cosine(progress: float, _warmup: float) -> float:
    """Half a cosine wave from 1 to 0 (Loshchilov and Hutter, SGDR, 2017, equation 5)."""
    return (1 + math.cos(math.pi * progress)) / 2


def _one_cycle(progress: float, warmup: float) -> float:
    """Up in a line, then down (after Smith and Topin, Super-Convergence, 2018)."""
    if progress < warmup:
        return _FIRST + (1 - _FIRST) * progress / warmup
    return _cosine((progress - warmup) / (1 - warmup), warmup)


# Where the climb starts: PyTorch's OneCycleLR has 1/25, div_factor.
_FIRST = 1 / 25
_SCHEDULES: dict[str, Callable[[float, float], float]] = {
    "constant": _constant,
    "cosine": _cosine,
    "one_cycle": _one_cycle,
}
