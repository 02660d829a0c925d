"""How the front grew while a study ran."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, final

import numpy as np
import pandas as pd
from sqlalchemy import select

from . import columns
from .frames import frame_of
from .schema import FINISHED, TRIALS

if TYPE_CHECKING:
    import numpy.typing as npt

    from .store import Store

_BEYOND: Final = 1.05
"""How far beyond the largest network the front counts."""


@final
class GrowingFront:
    """The front of what was added, as sizes and accuracies that both climb, and its area.

    Args:
        reference: Accuracy and size beyond which nothing counts.
    """

    def __init__(self, reference: tuple[float, float]) -> None:
        self._floor, most = reference
        self._end = float(np.log(most))
        self._sizes: list[float] = []
        self._levels: list[float] = []
        self.area = 0.0

    def add(self, accuracy: float, log_size: float) -> None:
        """Add a network and the area that it alone covers."""
        # What is no number, or lies beyond the reference point, covers nothing.
        if not (accuracy > self._floor and log_size < self._end):
            return
        first = bisect_right(self._sizes, log_size)
        if first and self._levels[first - 1] >= accuracy:
            return
        last = bisect_right(self._levels, accuracy, lo=first)
        below = [self._levels[first - 1] if first else self._floor, *self._levels[first:last]]
        ends = [*self._sizes[first : last + 1]]
        if last == len(self._sizes):
            ends.append(self._end)
        edges = [log_size, *ends]
        steps = zip(below, edges, edges[1:], strict=False)
        self.area += sum((accuracy - level) * (end - start) for level, start, end in steps)
        # Of the same size, the one before was less accurate.
        first = bisect_left(self._sizes, log_size, hi=first)
        self._sizes[first:last] = [log_size]
        self._levels[first:last] = [accuracy]


def volumes(
    accuracy: npt.ArrayLike, size: npt.ArrayLike, reference: tuple[float, float]
) -> npt.NDArray[np.float64]:
    """Return the hypervolume after each network, of accuracy against the logarithm of size.

    Args:
        accuracy: Fractions (n,), in the order in which they became known; nan counts for nothing.
        size: (n,), above 0.
        reference: Accuracy and size beyond which nothing counts.

    Returns:
        (n,), in units of accuracy times the natural logarithm of size.
    """
    stairs, found = GrowingFront(reference), []
    logs = np.log(np.asarray(size, dtype=np.float64))
    for each, log_size in zip(np.asarray(accuracy, dtype=np.float64), logs, strict=True):
        stairs.add(float(each), float(log_size))
        found.append(stairs.area)
    return np.array(found)


def growth_frame(
    store: Store, study_id: int, size: str, *, ends: tuple[float, float] | None = None
) -> pd.DataFrame:
    """Return what each trial that ended made of the front: the columns of `columns.GROWTH`.

    The hypervolume is that of accuracy, from 0, against the logarithm of size, up to a little
    beyond the largest, as a share of what a network without error of the least size would have.

    Args:
        store: Where the study stands.
        study_id: The study.
        size: One of `columns.SIZES`.
        ends: The least and the largest size; those of the finished trials where none are given.
    """
    known = TRIALS.c.state, TRIALS.c[size], TRIALS.c.accuracy, TRIALS.c.epochs
    wanted = select(*known, TRIALS.c.ended_at, TRIALS.c.started_at).where(
        TRIALS.c.study_id == study_id, TRIALS.c.ended_at.is_not(None)
    )
    numbers = dict.fromkeys(("size", "accuracy", "epochs", "ended", "started"), "float64")
    frame = frame_of(store, wanted.order_by(TRIALS.c.ended_at), {"state": "str", **numbers})
    counts = frame[(frame["state"] == FINISHED) & frame["accuracy"].notna() & (frame["size"] > 0)]
    if counts.empty:
        return pd.DataFrame(columns=list(columns.GROWTH)).astype(columns.GROWTH)
    sizes = counts["size"].to_numpy(dtype=np.float64)
    least, most = ends or (float(sizes.min()), float(sizes.max()))
    # A largest network that stands alone would count for nothing.
    most *= _BEYOND
    grown = volumes(counts["accuracy"], sizes, (0.0, most)) / np.log(most / least)
    told = {
        columns.TRIALS_ENDED: counts.index + 1,
        columns.EPOCHS_SPENT: frame["epochs"].cumsum()[counts.index],
        columns.SECONDS_SPENT: counts["ended"] - frame["started"].min(),
        columns.HYPERVOLUME: grown,
    }
    return pd.DataFrame(told).reset_index(drop=True).astype(columns.GROWTH)
