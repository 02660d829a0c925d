"""The desk of finals: hands out repetitions round by round, and writes each one down."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, final

from results.schema import VALIDATION
from space import Architecture
from trainers import Recipe

from ..assignment import Assignment
from ..checkpoints import Checkpoints
from ..patience import patiently
from ..trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from results import Store, StudyRecord
    from results.finals import Repetition
    from trainers import EpochReport

    from ..job import RunSettings

    Tell = Callable[[Repetition, float | None, str], None]
    _Result = TypeVar("_Result")


def finals_weights(store: Store, study_name: str, repetition: Repetition) -> Path:
    """Return where the weights of a repetition lie, whether they are there or not."""
    name = f"{repetition.stage}-{repetition.number}-{repetition.seed}.safetensors"
    return store.folder(study_name) / "finals" / name


@dataclass(slots=True)
class _Open:
    """A repetition in training."""

    final_id: int
    repetition: Repetition
    recipe: Recipe
    architecture: Architecture
    seconds: float = 0.0
    losses: int = 0


@dataclass(slots=True)
class _Queue:
    fresh: deque[Repetition] = field(default_factory=deque)
    again: deque[int] = field(default_factory=deque)


@final
class FinalsDesk:
    """Trains what a plan wants, a round at a time; the next round is planned when one has ended.

    A repetition is known by its seed. Each call commits to the store before it returns.

    Args:
        store: Where the study stands.
        study: The study.
        settings: How the job trains.
        plan: Returns the repetitions of the next round, none when all is settled.
        tell: Told of each repetition that ended, with its accuracy, or None and the reason.
    """

    def __init__(
        self,
        store: Store,
        study: StudyRecord,
        settings: RunSettings,
        *,
        plan: Callable[[], list[Repetition]],
        tell: Tell,
    ) -> None:
        self._store = store
        self._study = study
        self._settings = settings
        self._plan = plan
        self._tell = tell
        self._checkpoints = Checkpoints.of(study, store, settings, kind="finals-checkpoints")
        self._open: dict[int, _Open] = {}
        self._queue = _Queue(deque(plan()))
        self._interrupted = False
        self._trouble: Trouble | None = None

    @property
    def interrupted(self) -> bool:
        """Whether somebody asked the finals to stop early."""
        return self._interrupted

    @property
    def over(self) -> bool:
        """Whether `next` will have nothing more."""
        return self._interrupted or not (self._open or self._queue.fresh)

    def interrupt(self) -> None:
        """Hand out nothing more and end running repetitions at their next report."""
        self._interrupted = True

    def halt(self, trouble: Trouble) -> None:
        """Interrupt the finals for a reason that their end will tell."""
        self._trouble = self._trouble or trouble
        self.interrupt()

    def check(self) -> None:
        """Raise what the finals were halted by, if they were."""
        if self._trouble is not None:
            raise self._trouble

    def next(self) -> Assignment | None:
        """Return the next repetition to train, or None until the round has ended."""
        if self._interrupted:
            return None
        if self._queue.again:
            return self._assignment(self._queue.again.popleft())
        if not self._queue.fresh:
            return None
        repetition = self._queue.fresh.popleft()
        trial = self._store.trial(self._study.id, repetition.number)
        final_id = self._write(
            lambda: self._store.start_final(trial.id, repetition.stage, repetition.seed)
        )
        recipe = Recipe.from_dict(trial.recipe)
        architecture = Architecture.from_dict(trial.architecture)
        self._open[repetition.seed] = _Open(final_id, repetition, recipe, architecture)
        return self._assignment(repetition.seed)

    def report(self, number: int, *reports: EpochReport) -> bool:
        """Take epochs of a repetition; its last one is committed, if validation judges it."""
        training, last = self._open[number], reports[-1]
        training.seconds += sum(report.seconds for report in reports)
        if last.epoch < training.recipe.epochs:
            return not self._interrupted
        judged = training.repetition.stage == VALIDATION
        told = f"trained all {last.epoch} epochs"
        if judged:
            measured = {"accuracy": last.accuracy, "loss": last.loss, "seconds": training.seconds}
            self._end(training, "finished", told, epochs=last.epoch, **measured)
            self._weights(training).unlink(missing_ok=True)
        self._close(training, last.accuracy if judged else None, told)
        return False

    def fail(self, number: int, reason: str) -> None:
        """Commit that a repetition could not be trained to its end."""
        training = self._open[number]
        self._end(training, "failed", reason)
        self._close(training, None, reason)

    def lose(self, number: int, reason: str) -> None:
        """Queue a repetition whose worker died once more, or end it where that was too often."""
        training = self._open[number]
        training.losses += 1
        if training.losses > self._settings.retries:
            self.fail(number, f"its worker was lost {training.losses} times: {reason}")
        else:
            self.put_back(number, reason)

    def put_back(self, number: int, reason: str | None = None) -> None:  # noqa: ARG002  not kept
        """Queue a repetition that is not in training any more, to go on from its checkpoint."""
        self._queue.again.append(number)

    def in_training(self) -> list[int]:
        """Return what was handed out and has not come back."""
        return [seed for seed in self._open if seed not in self._queue.again]

    def tidy(self) -> None:
        """Remove checkpoints of repetitions that have ended."""
        self._checkpoints.tidy(lambda seed: seed in self._open)

    def _assignment(self, seed: int) -> Assignment:
        training = self._open[seed]
        return Assignment(
            seed,
            training.architecture,
            training.recipe,
            seed,
            str(self._weights(training)),
            threads=self._settings.cpus_per_trial,
            checkpoint=self._checkpoints.locate(seed),
            checkpoint_seconds=self._settings.checkpoint_seconds,
            # No epoch is recorded, so that none can be missing before any checkpoint.
            epochs_known=training.recipe.epochs,
        )

    def _weights(self, training: _Open) -> Path:
        return finals_weights(self._store, self._study.name, training.repetition)

    def _end(self, training: _Open, state: str, reason: str, **measured: float) -> None:
        self._write(
            lambda: self._store.end_final(training.final_id, state, reason, **measured)  # type: ignore[arg-type]
        )

    def _close(self, training: _Open, accuracy: float | None, reason: str) -> None:
        del self._open[training.repetition.seed]
        self._checkpoints.remove(training.repetition.seed)
        self._tell(training.repetition, accuracy, reason)
        if not self._open and not self._queue.fresh:
            self._queue.fresh.extend(self._plan())

    def _write(self, write: Callable[[], _Result]) -> _Result:
        try:
            return patiently(self._store, write)
        except Trouble as trouble:
            self.halt(trouble)
            raise
