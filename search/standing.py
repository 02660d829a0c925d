"""How a study stands while it runs: what the live view shows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from results import is_front

if TYPE_CHECKING:
    from space import Architecture


@dataclass(frozen=True, slots=True)
class Running:
    """A trial in training: its number, params, and the last epoch that it reported."""

    number: int
    params: int
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """A trial that has an accuracy."""

    number: int
    architecture: Architecture
    accuracy: float
    sizes: tuple[float, ...]

    @property
    def size(self) -> float:
        """The first of what accuracy is traded against."""
        return self.sizes[0]


@dataclass(slots=True)
class Standing:
    """Counts, front and pace of a study; ``sizes``, ``trials`` and ``epochs`` are the job's.

    ``known`` says in words what the study starts from, ``told`` how sizes are known that have no
    formula.
    """

    sizes: tuple[str, ...]
    trials: int
    epochs: int
    done: int = 0
    failed: int = 0
    exhausted: bool = False
    known: str = ""
    told: str = ""
    running: dict[int, Running] = field(default_factory=dict)
    front: list[Ended] = field(default_factory=list)
    _began: float = 0.0
    _done_before: int = 0

    @property
    def best(self) -> Ended | None:
        """The most accurate trial so far."""
        return max(self.front, key=lambda ended: ended.accuracy, default=None)

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the trial count at the pace so far, or None before the first trial ended."""
        here = self.done - self._done_before
        if not here:
            return None
        return (time.monotonic() - self._began) / here * (self.trials - self.done)

    def begin(self) -> None:
        """Start the clock: what ended before says nothing about the pace of this run."""
        self._began = time.monotonic()
        self._done_before = self.done

    def started(self, running: Running) -> None:
        """Note that a worker took a trial."""
        self.running[running.number] = running

    def progress(self, number: int, epoch: int) -> None:
        """Note that a trial reported an epoch."""
        self.running[number] = Running(number, self.running[number].params, epoch)

    def forget(self, number: int) -> None:
        """Note that a trial went back to the queue."""
        self.running.pop(number, None)

    def ended(
        self,
        number: int,
        architecture: Architecture,
        state: str,
        accuracy: float | None,
        sizes: tuple[float, ...],
    ) -> None:
        """Note that a trial ended, with its accuracy where it has one."""
        self.forget(number)
        self.done += 1
        self.failed += state == "failed"
        if accuracy is None:
            return
        candidates = [*self.front, Ended(number, architecture, accuracy, sizes)]
        mask = is_front(
            np.array([candidate.accuracy for candidate in candidates]),
            np.array([candidate.sizes for candidate in candidates]),
        )
        front = [candidate for candidate, on in zip(candidates, mask, strict=True) if on]
        self.front = sorted(front, key=lambda candidate: candidate.size)
