"""How the hypervolume grows with the networks that were trained."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

ROUNDING = 1e-12
"""Sums of the same steps in another order differ in their last bits."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A share of the true front's hypervolume, and what it took; None where it was not reached."""

    share: float
    networks: int | None
    epochs: int | None = None


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


def networks_to(
    shares: Sequence[float], whole: float, volume: npt.ArrayLike, epochs: Iterable[int] = ()
) -> list[Reached]:
    """Return how many networks it took to each share of a whole hypervolume.

    Args:
        shares: Fractions of ``whole``.
        whole: The hypervolume of the true front.
        volume: The hypervolume after each network, as `volumes` gives it.
        epochs: The epochs spent until then, in the same order.
    """
    grown, spent = np.asarray(volume), list(epochs)
    found = []
    for share in shares:
        place = int(np.searchsorted(grown, share * whole * (1 - ROUNDING)))
        if place == len(grown):
            found.append(Reached(share, None))
        else:
            found.append(Reached(share, place + 1, spent[place] if spent else None))
    return found
