"""What the parameters of each stage bought."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .. import columns
from ..bridges.points import points_of, space_of
from ..errors import NoTrialError
from ..frames import finished_frame
from .importance import LEAST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..records import StudyRecord
    from ..store import Store


def bought_frame(store: Store, study: StudyRecord) -> pd.DataFrame:
    """Return what the parameters of each stage, and of the head, bought.

    Ordinary least squares of the accuracy of finished trials on log2(1 + params) of all parts
    together. A slope is what a doubling of a part goes with while the others stay, and its
    derivative at the part's median what a thousand parameters more go with there. A part that is
    the same in all trials has none. Trials are those that the search chose, so that this describes
    them, and is no experiment.

    Args:
        store: Where the study stands.
        study: Which one.

    Returns:
        The columns of `columns.BOUGHT`, in the order of the network.

    Raises:
        NoTrialError: Fewer than `importance.LEAST` trials have finished.
    """
    trials = finished_frame(store, study.id).dropna()
    space = space_of(store, study)
    if space is None or len(trials) < LEAST:
        rule = f"{LEAST} trials must have finished to tell what size bought"
        raise NoTrialError("study", rule, len(trials))
    points = points_of(store, study.id)
    chosen = np.array([points[number] for number in trials[columns.NUMBER]])
    parts = {where: costs[:, 0] for where, costs in space.cost_parts(chosen).items()}
    params = np.column_stack(list(parts.values())).astype(np.float64)
    slopes, errors = _slopes(np.log2(1 + params), trials[columns.ACCURACY].to_numpy(np.float64))
    shares = params / params.sum(axis=1, keepdims=True)
    medians = np.median(params, axis=0)
    frame = pd.DataFrame(
        {
            columns.PART: list(parts),
            columns.SHARE: shares.mean(axis=0),
            columns.PER_DOUBLING: slopes,
            columns.PER_DOUBLING_ERROR: errors,
            columns.PER_THOUSAND: 1_000 * slopes / ((1 + medians) * math.log(2)),
        }
    )
    return frame.astype(columns.BOUGHT)


def _slopes(
    features: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the slope of each feature and its standard error, nan where it never changes."""
    varied = np.ptp(features, axis=0) > 0
    design = np.column_stack([np.ones(len(values)), features[:, varied]])
    inverse = np.linalg.pinv(design.T @ design)
    fitted = inverse @ design.T @ values
    left = np.sum((values - design @ fitted) ** 2) / max(len(values) - design.shape[1], 1)
    slopes, errors = (np.full(len(varied), np.nan) for _ in range(2))
    slopes[varied], errors[varied] = fitted[1:], np.sqrt(left * np.diag(inverse)[1:])
    return slopes, errors
