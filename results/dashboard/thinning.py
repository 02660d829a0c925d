"""Which trials of many are drawn: as many as an eye can tell apart, and all that matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from .. import columns
from ..schema import RUNNING

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELLS: Final = (64, 30)
"""Cells across and up. A kind of trial has at most 1,920 marks, which browsers draw sharply."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of the picture that is seen: sizes and accuracies, both ends within."""

    sizes: tuple[float, float]
    accuracies: tuple[float, float]

    def inside(self, frame: pd.DataFrame, size: str) -> NDArray[np.bool_]:
        """Return which trials lie in it."""
        sizes, accuracies = (frame[name].to_numpy(dtype=np.float64) for name in (size, "accuracy"))
        low, high = self.sizes
        least, most = self.accuracies
        found: NDArray[np.bool_] = (
            (sizes >= low) & (sizes <= high) & (accuracies >= least) & (accuracies <= most)
        )
        return found


def drawn(frame: pd.DataFrame, size: str, view: View | None = None) -> NDArray[np.bool_]:
    """Return which trials are drawn.

    The picture is cut into cells, even in the logarithm of size; of the trials of one state in a
    cell the newest is drawn, and besides all that run. A view is cut into as many cells again, so
    that coming closer shows more.

    Args:
        frame: With number, state, accuracy and size.
        size: The cost on the horizontal axis.
        view: What is seen; the whole where none is given.
    """
    chosen = (frame[columns.STATE] == RUNNING).to_numpy(dtype=np.bool_, copy=True)
    chosen[_newest(frame, size, np.ones(len(frame), dtype=np.bool_))] = True
    if view is not None:
        chosen[_newest(frame, size, view.inside(frame, size))] = True
    return chosen


def _newest(frame: pd.DataFrame, size: str, among: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the positions of the newest trial of each state in each cell over some trials."""
    sizes = np.log(np.maximum(frame[size].to_numpy(dtype=np.float64), np.finfo(float).tiny))
    accuracy = frame[columns.ACCURACY].to_numpy(dtype=np.float64)
    places = np.flatnonzero(among & np.isfinite(sizes))
    if not len(places):
        return places
    # A failed trial may have no accuracy: it stands on the floor.
    cell = _cell(sizes[places], CELLS[0]) * CELLS[1] + _cell(accuracy[places], CELLS[1])
    state = pd.factorize(frame[columns.STATE])[0][places]
    key = cell * (state.max() + 1) + state
    _, first = np.unique(key[::-1], return_index=True)
    found: NDArray[np.int64] = places[len(places) - 1 - first]
    return found


def _cell(values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    known = values[np.isfinite(values)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    share = (np.nan_to_num(values, nan=low) - low) / max(high - low, np.finfo(float).tiny)
    return np.minimum((share * count).astype(np.int64), count - 1)
