"""What a worker does with an assignment, wherever it runs."""

from __future__ import annotations

import errno
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, final

import torch

from space.errors import InputError
from trainers import TrainingFailure, build_network, keep_large_blocks, save_weights, train
from trainers.checkpoint import checkpoint_epoch

from ..storage import Stored

if TYPE_CHECKING:
    from collections.abc import Generator

    from trainers import EpochReport, Split
    from trainers.failures import FailureKind

    from ..assignment import Assignment

    Training = Generator[EpochReport, bool | None]

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


@dataclass(frozen=True, slots=True)
class Failed:
    """A training that could not go on, and why."""

    kind: FailureKind | Literal["disk"]
    reason: str


@final
class Work:
    """An assignment in training: `step` by step, an epoch each.

    The same number of threads in every runner: sums come out the same to the last bit, so that a
    trial can be repeated anywhere. Once a checkpoint is ``due``, the next step may be asked for
    only when all reports so far have been committed, and begins by writing it: what a checkpoint
    holds, the store holds too.

    Args:
        assignment: What to train.
        split: The images.
        device: As torch names it.
    """

    def __init__(self, assignment: Assignment, split: Split, *, device: str = "cpu") -> None:
        self._assignment = assignment
        self._split = split
        self._device = device
        self._checkpoint = None if assignment.checkpoint is None else Stored(assignment.checkpoint)
        self._kept = time.monotonic()
        self._training: Training | None = None
        self._resting = False
        self.due = False

    @property
    def goes_on(self) -> bool:
        """Whether the last step gave a report that others follow."""
        return self._resting

    def step(self) -> EpochReport | Failed:
        """Train an epoch and return its report; with the last one the weights are saved.

        Whatever goes wrong comes out as a value, never as an exception: an exception would cost
        the worker its process, and the study the seconds that a new one takes to start.
        """
        try:
            return self._step()
        except TrainingFailure as failure:
            return Failed(failure.kind, failure.reason)
        except OSError as error:
            return Failed("disk" if error.errno in FULL else "error", str(error))
        except Exception as error:  # noqa: BLE001  a failed training is a result, never the study's end
            return Failed("error", f"{type(error).__name__}: {error}")

    def keep(self) -> None:
        """Write a checkpoint of the last report, so far as the disk and the training let it be."""
        with suppress(OSError):
            self._keep()

    def _keep(self) -> None:
        if self._resting and self._training is not None and self._checkpoint is not None:
            self._training.send(True)
            self._checkpoint.put()
            self._kept = time.monotonic()

    def _step(self) -> EpochReport:
        report = self._begin() if self._training is None else self._next(self._training)
        self._resting = report.epoch < self._assignment.recipe.epochs
        if not self._resting:
            self._save()
        self.due = time.monotonic() - self._kept >= self._assignment.checkpoint_seconds
        return report

    def _save(self) -> None:
        path = self._assignment.weights
        # The disk takes longer than all else between two short trainings; nobody waits for it.
        save_weights(self._network, path, flush=False)
        threading.Thread(target=_flush, args=(path,), name="flush", daemon=True).start()

    def _next(self, training: Training) -> EpochReport:
        if self.due:
            self._keep()
        self._resting = False
        return next(training)

    def _begin(self) -> EpochReport:
        torch.set_num_threads(self._assignment.threads)
        keep_large_blocks()
        if self._checkpoint is None:
            return self._first(None)
        if self._assignment.epochs_known:
            self._checkpoint.fetch()
        try:
            return self._first_behind(self._checkpoint.path)
        finally:
            self._checkpoint.release()

    def _first_behind(self, checkpoint: Path) -> EpochReport:
        """Go on from the checkpoint, or begin anew where none can be used."""
        if not self._usable(checkpoint):
            checkpoint.unlink()
        try:
            return self._first(checkpoint)
        except InputError as error:
            if error.field != "checkpoint":
                raise
        checkpoint.unlink()
        return self._first(checkpoint)

    def _first(self, checkpoint: Path | None) -> EpochReport:
        self._training = self._train(checkpoint)
        return next(self._training)

    def _usable(self, checkpoint: Path) -> bool:
        # One that is ahead of the store would leave a gap in the record. That takes a store which
        # lost its last commits, as in a power cut.
        try:
            return checkpoint_epoch(checkpoint) <= self._assignment.epochs_known
        except InputError:
            return False

    def _train(self, checkpoint: Path | None) -> Training:
        assignment = self._assignment
        self._network = build_network(assignment.architecture, seed=assignment.seed)
        return train(
            self._network,
            self._split,
            assignment.recipe,
            seed=assignment.seed,
            device=self._device,
            checkpoint=checkpoint,
            checkpoint_always=False,
        )


def _flush(path: str) -> None:
    with suppress(OSError), Path(path).open("rb") as file:
        os.fsync(file.fileno())
