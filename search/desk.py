"""The desk of a running study: hands out trials, takes reports, writes everything down."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, final

import numpy as np

from results import TrialStart, weights_path
from space import Architecture
from space.language import COSTS

from .algorithms import Outcome, Proposal
from .standing import Running, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from results import Store, StudyRecord, TrialRecord
    from trainers import EpochReport, Recipe

    from .algorithms import Algorithm
    from .job import Budget
    from .stopping import Stop, StoppingRule

TrialEnd = Literal["finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that a worker needs to know to train one trial."""

    number: int
    architecture: Architecture
    recipe: Recipe
    seed: int
    weights: str


@dataclass(slots=True)
class _Open:
    """A trial that is being trained."""

    trial_id: int
    proposal: Proposal
    epoch: int = 0
    accuracy: float | None = None


def trial_seed(study_seed: int, number: int) -> int:
    """Return the seed of a trial, which makes the trial repeatable by itself."""
    return int(np.random.SeedSequence((study_seed, number)).generate_state(1)[0])


@final
class Desk:
    """Stands between an algorithm, which proposes, and a runner, which trains.

    Each call commits to the store before it returns. A runner asks for `next` until it gets None,
    tells every epoch to `report`, which answers whether to go on, and every end to `finish` or
    `fail`.
    """

    def __init__(  # noqa: PLR0913 - each is one part of a running study
        self,
        store: Store,
        study: StudyRecord,
        algorithm: Algorithm,
        *,
        recipe: Recipe,
        budget: Budget,
        stopping: StoppingRule | None = None,
    ) -> None:
        self._store = store
        self._study = study
        self._algorithm = algorithm
        self._recipe = recipe
        self._stopping = stopping
        self._open: dict[int, _Open] = {}
        self._again: deque[Assignment] = deque()
        self._next_number = 0
        self._budget = budget
        self._deadline = time.monotonic() + 60 * budget.minutes if budget.minutes else None
        self._interrupted = False
        self.standing = Standing(study.size, trials=budget.trials, epochs=recipe.epochs)
        self._rebuild(store.trials(study.id))

    @property
    def interrupted(self) -> bool:
        """Whether somebody asked the study to stop early."""
        return self._interrupted

    @property
    def complete(self) -> bool:
        """Whether nothing is left to hand out and nothing is being trained."""
        return not self._open and not self._again and not self._wants_more()

    def interrupt(self) -> None:
        """Hand out nothing more and end running trials at their next report."""
        self._interrupted = True

    def next(self) -> Assignment | None:
        """Return the next trial to train, or None when there is no further one."""
        if self._interrupted:
            return None
        if self._again:
            return self._restart(self._again.popleft())
        if not self._wants_more():
            return None
        proposal = self._algorithm.ask()
        if proposal is None:
            self.standing.exhausted = True
            return None
        return self._start(proposal)

    def report(self, number: int, report: EpochReport) -> bool:
        """Commit one epoch of a trial and return whether its training goes on."""
        trial = self._open[number]
        if report.epoch <= trial.epoch:
            # A worker was lost and another began the trial anew.
            self._store.restart_trial(trial.trial_id)
        self._store.record_epoch(trial.trial_id, asdict(report))
        trial.epoch, trial.accuracy = report.epoch, report.accuracy
        self.standing.progress(number, report.epoch)
        stop = self._judge(number, trial.proposal.architecture, report.epoch, report.accuracy)
        if stop is not None:
            self._end(number, "stopped", stop.reason, expected=stop.expected)
            return False
        # After its last epoch a trial only has its weights to save, which an interrupt waits for.
        return not self._interrupted or report.epoch >= self._recipe.epochs

    def finish(self, number: int) -> None:
        """Commit that a worker is through with a trial, unless its end was committed before.

        A trial that an interrupt cut short stays open, for a resume to train it again.
        """
        trial = self._open.get(number)
        if trial is not None and trial.epoch >= self._recipe.epochs:
            self._end(number, "finished", f"trained all {trial.epoch} epochs")

    def fail(self, number: int, reason: str) -> None:
        """Commit that a trial could not be trained to its end, unless it has ended."""
        if number in self._open:
            self._end(number, "failed", reason)

    def put_back(self) -> None:
        """Queue the trials that a runner lost, so that they are handed out again."""
        self._again.clear()
        for number, trial in sorted(self._open.items()):
            self._again.append(self._assignment(number, trial.proposal.architecture))
            self.standing.forget(number)

    def _end(
        self, number: int, state: TrialEnd, reason: str, *, expected: float | None = None
    ) -> None:
        """Commit an end; of a stopped trial the algorithm learns where it was expected to end."""
        trial = self._open.pop(number)
        self._store.end_trial(trial.trial_id, state, reason)
        accuracy = trial.accuracy if state == "finished" else None
        self._algorithm.tell(Outcome(trial.proposal, accuracy if expected is None else expected))
        self.standing.ended(number, trial.proposal.architecture, state, accuracy)

    def _judge(
        self, number: int, architecture: Architecture, epoch: int, accuracy: float
    ) -> Stop | None:
        if self._stopping is None:
            return None
        size = float(getattr(architecture, self._study.size))
        return self._stopping.judge(number, size, epoch, accuracy)

    def _judge_again(self, trial: TrialRecord, architecture: Architecture) -> float | None:
        """Tell the rule the epochs of a trial that ended; return where it was expected to end."""
        expected = trial.accuracy if trial.state != "failed" else None
        for epoch in () if self._stopping is None else self._store.epochs(trial.id):
            stop = self._judge(trial.number, architecture, epoch.epoch, epoch.accuracy)
            if stop is not None and trial.state == "stopped":
                expected = stop.expected
        return expected

    def _wants_more(self) -> bool:
        late = self._deadline is not None and time.monotonic() > self._deadline
        exhausted = self.standing.exhausted
        return not (late or exhausted or self._next_number >= self._budget.trials)

    def _assignment(self, number: int, architecture: Architecture) -> Assignment:
        weights = weights_path(self._store, self._study.name, number)
        seed = trial_seed(self._study.seed, number)
        return Assignment(number, architecture, self._recipe, seed, str(weights))

    def _start(self, proposal: Proposal) -> Assignment:
        number = self._next_number
        assignment = self._assignment(number, proposal.architecture)
        architecture = proposal.architecture
        start = TrialStart(
            number=number,
            fingerprint=architecture.fingerprint,
            point=proposal.point,
            architecture=architecture.to_dict(),
            recipe=self._recipe.to_dict(),
            seed=assignment.seed,
            **{cost: getattr(architecture, cost) for cost in COSTS},
        )
        trial_id = self._store.start_trial(self._study.id, start)
        self._next_number += 1
        self._open[number] = _Open(trial_id, proposal)
        self.standing.started(Running(number, proposal.architecture.params))
        return assignment

    def _restart(self, assignment: Assignment) -> Assignment:
        trial = self._open[assignment.number]
        self._store.restart_trial(trial.trial_id)
        trial.epoch, trial.accuracy = 0, None
        self.standing.started(Running(assignment.number, assignment.architecture.params))
        return assignment

    def _rebuild(self, trials: Iterable[TrialRecord]) -> None:
        """Bring algorithm, queue and standing to where an earlier run of the study left them."""
        for trial in sorted(trials, key=lambda trial: trial.number):
            architecture = Architecture.from_dict(trial.architecture)
            proposal = Proposal(tuple(trial.point), architecture)
            self._algorithm.recall(proposal)
            self._next_number = trial.number + 1
            if trial.state == "running":
                self._open[trial.number] = _Open(trial.id, proposal)
                continue
            self._algorithm.tell(Outcome(proposal, self._judge_again(trial, architecture)))
            accuracy = trial.accuracy if trial.state == "finished" else None
            self.standing.ended(trial.number, architecture, trial.state, accuracy)
        self.put_back()
        self.standing.begin()
