"""What every stopping rule offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a trial is stopped, in words, and the accuracy that it was expected to end with."""

    reason: str
    expected: float


class StoppingRule(ABC):
    """Judges trials while they are trained.

    A rule holds no state that the store does not: telling it the epochs of a study's trials again,
    in their order, rebuilds it.
    """

    @abstractmethod
    def judge(self, number: int, size: float, epoch: int, accuracy: float) -> Stop | None:
        """Take an epoch of a trial, from 1, and return a stop unless its training goes on.

        A trial whose epochs begin at 1 again is trained anew. After its last epoch no trial is
        stopped.
        """


@dataclass(slots=True)
class Curve:
    """The accuracies of a trial so far, and its size."""

    size: float
    accuracies: list[float] = field(default_factory=list)

    def add(self, epoch: int, accuracy: float) -> None:
        """Take an epoch; what stood there from an earlier attempt goes."""
        del self.accuracies[epoch - 1 :]
        self.accuracies.append(accuracy)


def rungs(epochs: int, factor: int) -> list[int]:
    """Return the epochs at which trials are judged: ``epochs`` over powers of ``factor``."""
    found, rung = list[int](), epochs // factor
    while rung >= 1:
        found.append(rung)
        rung //= factor
    return found[::-1]
