"""Which choice of the space bought accuracy, and which bought size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.model_selection import KFold

from .. import columns
from ..bridges.points import points_of, space_of
from ..errors import NoTrialError
from ..frames import finished_frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..records import StudyRecord
    from ..store import Store

LEAST: Final = 20
"""Finished trials below which nothing is told."""
_FOLDS, _TREES, _REPEATS = 5, 100, 5


def importance_frame(store: Store, study: StudyRecord, size: str) -> pd.DataFrame:
    """Return how much each choice of the space tells about accuracy and size, the most first.

    Permutation importance (Breiman 2001, "Random forests", section 10) of a random forest on held
    out trials: by how much the share of variance that it explains falls when a choice is shuffled
    among them, mean of five folds. ``accuracy_known`` and ``size_known`` say how much it explains
    at all: where that is little, importances mean little. Choices that go together share theirs.

    Args:
        store: Where the study stands.
        study: Which one.
        size: One of `columns.SIZES`, on a log scale.

    Returns:
        The columns of `columns.IMPORTANCE`.

    Raises:
        NoTrialError: Fewer than `LEAST` trials have finished.
    """
    trials = finished_frame(store, study.id, size).dropna()
    space = space_of(store, study)
    if space is None or len(trials) < LEAST:
        rule = f"{LEAST} trials must have finished to tell what matters"
        raise NoTrialError("study", rule, len(trials))
    points = points_of(store, study.id)
    chosen = np.array([points[number] for number in trials[columns.NUMBER]])
    features = space.encode(chosen)
    accuracy = trials[columns.ACCURACY].to_numpy(dtype=np.float64)
    told = {
        columns.ACCURACY: accuracy,
        "size": np.log(trials[size].to_numpy(dtype=np.float64)),
    }
    frame = pd.DataFrame({columns.CHOICE: list(space.feature_names())})
    for name, values in told.items():
        falls, known = _falls(features, values)
        frame[f"{name}_importance"] = falls
        frame[f"{name}_known"] = known
    ordered = frame.sort_values(columns.ACCURACY_IMPORTANCE, ascending=False, ignore_index=True)
    return ordered[list(columns.IMPORTANCE)].astype(columns.IMPORTANCE)


def _falls(
    features: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Return the mean fall of each feature, and the mean share explained, on held out trials."""
    falls, known = [], []
    for learnt, held in KFold(_FOLDS, shuffle=True, random_state=0).split(features):
        forest = RandomForestRegressor(_TREES, min_samples_leaf=2, random_state=0)
        forest.fit(features[learnt], values[learnt])
        known.append(forest.score(features[held], values[held]))
        shuffled = permutation_importance(
            forest, features[held], values[held], n_repeats=_REPEATS, random_state=0
        )
        falls.append(shuffled.importances_mean)
    return np.mean(falls, axis=0), float(np.mean(known))
