"""How much of the front's hypervolume a stop puts at stake."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from ..algorithms.pareto.gain import MARGIN, Staircase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .extrapolate import Curve

Floats: TypeAlias = npt.NDArray[np.float64]


def share_at_stake(whole: Sequence[Curve], size: float, expected: float, spread: float) -> float:
    """Return what a network is expected to add to the hypervolume, as a share of it.

    Args:
        whole: Trials with an observed end.
        size: The logarithm of the network's size.
        expected: Where it is expected to end, on the scale of the ends.
        spread: The standard deviation of that.
    """
    ends = np.array([one.end for one in whole])
    sizes = np.array([one.features[-1] for one in whole])
    low, high = float(sizes.min()), max(float(sizes.max()), size)
    end = high + MARGIN * (high - low)
    stairs = Staircase.of(ends, sizes, float(ends.min()), end)
    widths = np.diff(np.append(stairs.edges[1:], end))
    area = float(widths @ (stairs.levels[1:] - stairs.levels[0]))
    gain = stairs.expected_gain(np.array([expected]), np.array([spread]), np.array([size]))
    return float(gain[0]) / area if area > 0 else np.inf
