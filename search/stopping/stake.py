"""How much of the front's hypervolume a stop puts at stake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from results import hypervolume

from ..algorithms.pareto.gain import MARGIN
from ..algorithms.pareto.terrace import find_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .extrapolate import Curve


def share_at_stake(
    whole: Sequence[Curve], log_sizes: tuple[float, ...], expected: float, spread: float
) -> float:
    """Return what a network is expected to add to the hypervolume, as a share of it.

    Args:
        whole: Trials with an observed end.
        log_sizes: The logarithms of the network's sizes.
        expected: Where it is expected to end, on the scale of the ends.
        spread: The standard deviation of that.
    """
    own = np.array([log_sizes])
    ends = np.array([one.end for one in whole])
    sizes = np.array([one.log_sizes for one in whole])
    low, high = sizes.min(axis=0), np.vstack([sizes, own]).max(axis=0)
    edges, floor = high + MARGIN * (high - low), float(ends.min())
    steps = find_steps(ends, sizes, floor, edges)
    area = hypervolume(ends, sizes, reference_accuracy=floor, reference_size=edges)
    gain = steps.expected_gain(np.array([expected]), np.array([spread]), own)
    return float(gain[0]) / area if area > 0 else np.inf
