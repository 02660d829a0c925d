"""Asynchronous successive halving (Li et al. 2020, "A System for Massively Parallel Tuning", 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import moocore
import numpy as np

from .rule import Stop, StoppingRule, rungs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .rule import Network

FACTOR = 4
"""The best one in so many goes on at a rung."""

Judged = tuple[float, ...]
"""Accuracy and sizes of a trial at a rung."""


@final
class Halving(StoppingRule):
    """Stops a trial that is not among the best quarter of those that came to its rung.

    ``rank`` returns how many of the others are better than the last one.
    """

    def __init__(self, epochs: int, rank: Callable[[Sequence[Judged]], int], named: str) -> None:
        self._rungs: dict[int, dict[int, Judged]] = {rung: {} for rung in rungs(epochs, FACTOR)}
        self._rank, self._named = rank, named

    def judge(self, number: int, network: Network, epoch: int, accuracy: float) -> Stop | None:
        """Return a stop at a rung where a quarter of the others is better."""
        rung = self._rungs.get(epoch)
        if rung is None:
            return None
        rung.pop(number, None)
        rung[number] = (accuracy, *network.sizes)
        better = self._rank(list(rung.values()))
        if better < max(1, len(rung) // FACTOR):
            return None
        told = f"epoch {epoch}: {better} of {len(rung) - 1} other trials are {self._named}"
        return Stop(f"{told}, and the best {1 / FACTOR:.0%} go on", accuracy)

    def recall(
        self, number: int, network: Network, accuracies: Sequence[float], *, stopped: bool
    ) -> Stop | None:
        """Fill the rungs that a trial came to; where it was stopped it stood at its last."""
        for epoch, accuracy in enumerate(accuracies, 1):
            self.judge(number, network, epoch, accuracy)
        return Stop("stopped by an earlier run", accuracies[-1]) if stopped else None


def by_accuracy(judged: Sequence[Judged]) -> int:
    """Return how many trials are more accurate than the last one."""
    return sum(one[0] > judged[-1][0] for one in judged)


def by_dominance(judged: Sequence[Judged]) -> int:
    """Return how many trials have a lower rank of non-domination than the last one."""
    points = np.array(judged)
    ranks = moocore.pareto_rank(points, maximise=[column == 0 for column in range(points.shape[1])])
    return int((ranks < ranks[-1]).sum())
