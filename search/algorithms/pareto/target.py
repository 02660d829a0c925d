"""What candidates are worth to a goal, and whether any can still improve what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr
from scipy.stats import t

from .candidates import Candidates, as_point, joined

if TYPE_CHECKING:
    from collections.abc import Container

    from space import Point

    from ...goal import Aim
    from .judge import Judge, Told

Floats: TypeAlias = npt.NDArray[np.float64]

_MARGIN = 0.1
"""What any network gains by being smaller than the largest, on the log scale, before one is good
enough."""
_TINY = 1e-300


@final
class Target:
    """A goal: the smallest network of some accuracy, or the most accurate up to some size."""

    def __init__(self, aim: Aim) -> None:
        self._aim = aim
        self._most = np.inf if aim.size is None else float(np.log(aim.size))

    def allows(self, size: float) -> bool:
        """Return whether a network of this size can meet the goal."""
        return float(np.log(size)) <= self._most

    def worth(self, judge: Judge, candidates: Candidates) -> Floats:
        """Return the logarithm of the expected gain of candidates (n,); -inf where there is none.

        For an accuracy: the chance to reach it times what the network would save, in log size, of
        the smallest that reached it; until one did, of a little more than the largest known. For a
        size: the expected improvement of the accuracy.
        """
        if not len(candidates.points):
            return np.zeros(0)
        best = self._best(judge.told)
        if self._aim.accuracy is None:
            level = float(judge.told.accuracy.min()) if best is None else best
            gain = np.log(np.maximum(judge.improvement(candidates, level), _TINY))
            return np.where(candidates.log_size <= self._most, gain, -np.inf)
        if best is None:
            best = max(float(candidates.log_size.max()), float(judge.told.log_size.max())) + _MARGIN
        saved = best - candidates.log_size
        chance = log_ndtr(judge.above(candidates, self._aim.accuracy))
        return np.where(saved > 0, chance + np.log(np.maximum(saved, _TINY)), -np.inf)

    def settled(self, judge: Judge, candidates: Candidates, known: Container[Point]) -> bool:
        """Return whether the goal is met and nothing untried will improve on it, by its confidence.

        Networks in training count as untried. The chances of all are taken as independent, which
        is at least the chance of any where networks are good together.
        """
        best = self._best(judge.told)
        if best is None:
            return False
        fresh = [as_point(row) not in known for row in candidates.points]
        parts = [candidates.part(np.array(fresh, dtype=bool))]
        if len(judge.waiting.points):
            parts.append(Candidates(judge.waiting.points, judge.waiting.log_sizes))
        untried = joined(parts)
        _, first = np.unique(untried.points, axis=0, return_index=True)
        untried = Candidates(untried.points[first], untried.log_sizes[first])
        if not len(first):
            return True
        sober = judge.soberly()
        if self._aim.accuracy is None:
            possible, level = untried.log_size <= self._most, best
        else:
            possible, level = untried.log_size < best, self._aim.accuracy
        if not possible.any():
            return True
        none = t.logcdf(-sober.above(untried.part(possible), level), sober.freedom).sum()
        return bool(-np.expm1(none) < 1 - self._aim.confidence)

    def _best(self, told: Told) -> float | None:
        """Return the log size of the smallest, or the accuracy of the best, that meets the goal."""
        if self._aim.accuracy is None:
            within = told.accuracy[told.log_size <= self._most]
            return float(within.max()) if len(within) else None
        enough = told.log_size[told.accuracy >= self._aim.accuracy]
        return float(enough.min()) if len(enough) else None
