"""What every stopping rule offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from space import Point


@dataclass(frozen=True, slots=True)
class Network:
    """What is known of a trial before its training: its point and its sizes, one or two."""

    point: Point
    sizes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a trial is stopped, in words, and the accuracy that it was expected to end with.

    ``spread`` is the standard deviation of that expectation, 0 where the rule knows none.
    """

    reason: str
    expected: float
    spread: float = 0.0


class StoppingRule(ABC):
    """Judges trials while they are trained.

    A rule holds no state that the store does not: recalling the trials of a study, those that ended
    in the order in which they did, rebuilds it.
    """

    @abstractmethod
    def judge(self, number: int, network: Network, epoch: int, accuracy: float) -> Stop | None:
        """Take an epoch of a trial, from 1, and return a stop unless its training goes on.

        A trial whose epochs begin at an earlier one again is trained anew from there. After its
        last epoch no trial is stopped.
        """

    @abstractmethod
    def recall(
        self, number: int, network: Network, accuracies: Sequence[float], *, stopped: bool
    ) -> Stop | None:
        """Take the epochs of a trial of an earlier run; return its stop again if it was stopped."""


def rungs(epochs: int, factor: int) -> list[int]:
    """Return the epochs at which trials are judged: ``epochs`` over powers of ``factor``."""
    found, rung = list[int](), epochs // factor
    while rung >= 1:
        found.append(rung)
        rung //= factor
    return found[::-1]
