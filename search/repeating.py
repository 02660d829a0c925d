"""A trial trained once more, and held against what was recorded of it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from space import Architecture
from space.errors import InputError
from trainers import Recipe

from .assignment import Assignment
from .plan import stored_split
from .runners.work import Failed, Work

if TYPE_CHECKING:
    from collections.abc import Iterable

    from results import Store
    from results.records import EpochRecord, TrialRecord
    from trainers import EpochReport

MEASURED = ("train_loss", "loss", "accuracy", "learning_rate")


@dataclass(frozen=True, slots=True)
class Difference:
    """The first number that came out differently."""

    epoch: int
    measure: str
    recorded: float
    repeated: float


@dataclass(frozen=True, slots=True)
class Repeated:
    """How a repeated trial compares with its record: equal where there is no difference.

    ``reason`` says why the repetition ended early, where it did.
    """

    number: int
    epochs: int
    difference: Difference | None
    reason: str | None

    @property
    def equal(self) -> bool:
        """Whether every epoch came out the same, to the last bit."""
        return self.difference is None and self.reason is None


def repeat_trial(store: Store, study: str, number: int) -> Repeated:
    """Train a trial again with its own seed on the stored split, and compare epoch by epoch.

    Raises:
        InputError: There is no such study or trial, or the trial has not ended with an accuracy.
    """
    record = store.study(study)
    trial = store.trial(record.id, number)
    if trial.state not in {"finished", "stopped"}:
        rule = "a trial must have ended with an accuracy to be repeated"
        raise InputError("TRIAL", rule, f"trial {number}: {trial.state}")
    split = stored_split(store, record)
    recorded = store.epochs(trial.id)
    with tempfile.TemporaryDirectory() as folder:
        settings = record.job.get("run", {})
        gpu = torch.cuda.is_available() and settings.get("gpus_per_trial") != 0
        assignment = _assignment(trial, Path(folder), settings.get("cpus_per_trial", 1))
        work = Work(assignment, split, device="cuda" if gpu else "cpu")
        return _compare(number, ((epoch, work.step()) for epoch in recorded), len(recorded))


def _assignment(trial: TrialRecord, folder: Path, threads: int) -> Assignment:
    return Assignment(
        trial.number,
        Architecture.from_dict(trial.architecture),
        Recipe.from_dict(trial.recipe),
        trial.seed,
        str(folder / "weights.safetensors"),
        threads=threads,
    )


def _compare(
    number: int, pairs: Iterable[tuple[EpochRecord, EpochReport | Failed]], epochs: int
) -> Repeated:
    for epoch, report in pairs:
        if isinstance(report, Failed):
            return Repeated(number, epoch.epoch - 1, None, report.reason)
        for measure in MEASURED:
            told, found = getattr(epoch, measure), getattr(report, measure)
            if told != found:
                difference = Difference(epoch.epoch, measure, told, found)
                return Repeated(number, epoch.epoch, difference, None)
    return Repeated(number, epochs, None, None)
