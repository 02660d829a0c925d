"""A worker of Ray Tune: a process that trains one trial after another."""

from __future__ import annotations

import pickle
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, final

import ray
import torch
from ray import tune

from .work import Work

if TYPE_CHECKING:
    from trainers import Split

    from ..assignment import Assignment

SEALED = "sealed"
REPORT = "report"
PEAK = "peak"
# Seconds within which epochs are reported together.
TOGETHER = 0.3


@final
@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """An assignment on its way through Tune, which copies and prints all that it is given.

    Args:
        number: The trial's number.
        share: How much of a GPU it is given.
        content: The assignment, pickled.
    """

    number: int
    share: float
    content: bytes

    @classmethod
    def of(cls, assignment: Assignment, share: float) -> Self:
        """Seal an assignment."""
        return cls(assignment.number, share, pickle.dumps(assignment))

    def opened(self) -> Assignment:
        """Return the assignment."""
        assignment: Assignment = pickle.loads(self.content)  # noqa: S301  our own driver wrote it
        return assignment

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __repr__(self) -> str:
        return f"trial {self.number}"


@final
class Worker(tune.Trainable):
    """Keeps its process, its torch and the split from trial to trial."""

    def setup(self, config: dict[str, Any], split: Split) -> None:  # type: ignore[override]
        """Begin the first trial; the split lies in shared memory and is only read."""
        self._split = split
        gpus = ray.get_runtime_context().get_accelerator_ids().get("GPU")
        self._device = "cuda" if gpus and torch.cuda.is_available() else "cpu"
        self.reset_config(config)

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Begin another trial; Tune calls this in place of `setup` on a warm worker."""
        self._work = Work(new_config[SEALED].opened(), self._split, device=self._device)
        if self._device == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        return True

    def step(self) -> dict[str, Any]:
        """Train an epoch, or as many short ones as fit into a fraction of a second.

        A report costs the driver milliseconds, during which the worker waits.
        """
        began = time.monotonic()
        told = [self._work.step()]
        while self._work.goes_on and not self._work.due and time.monotonic() - began < TOGETHER:
            told.append(self._work.step())
        peak = torch.cuda.max_memory_reserved() if self._device == "cuda" else None
        return {REPORT: tuple(told), PEAK: peak}

    def cleanup(self) -> None:
        """Keep what was trained when the study is interrupted."""
        self._work.keep()
