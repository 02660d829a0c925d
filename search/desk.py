"""The desk of a running study: hands out trials, takes reports, writes everything down."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, TypeVar, final

from results import TrialStart, columns, weights_path
from space import Architecture
from space.language import COSTS

from .algorithms import Outcome, Proposal
from .assignment import Assignment, trial_seed
from .checkpoints import Checkpoints
from .goal import aim_of, told_end
from .patience import patiently
from .purse import Purse, minutes_spent
from .standing import Running, Standing
from .stopping import Network
from .trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from results import Store, StudyRecord, TrialRecord
    from trainers import EpochReport, Recipe

    from .algorithms import Algorithm
    from .algorithms.sizer import Sizer
    from .job import Job
    from .stopping import Stop, StoppingRule

    _Result = TypeVar("_Result")

TrialEnd = Literal["finished", "stopped", "failed"]


@dataclass(slots=True)
class _Open:
    """A trial that is being trained."""

    trial_id: int
    proposal: Proposal
    epoch: int = 0
    accuracy: float | None = None
    losses: int = 0


@final
class Desk:
    """Stands between an algorithm, which proposes, and a runner, which trains.

    Each call commits to the store before it returns. A runner asks for `next` until the desk is
    `over`, tells every epoch to `report`, which answers whether to go on, every training that
    cannot go on to `fail`, and every worker that died to `lose`.

    Raises:
        Trouble: From any call, once the store stays out of reach; `trouble` keeps it.
    """

    def __init__(  # noqa: PLR0913 - each is one part of a running study
        self,
        store: Store,
        study: StudyRecord,
        algorithm: Algorithm,
        *,
        recipe: Recipe,
        job: Job,
        sizers: Sequence[Sizer],
        stopping: StoppingRule | None = None,
    ) -> None:
        self._store = store
        self._study = study
        self._algorithm = algorithm
        self._recipe = recipe
        self._stopping = stopping
        self._sizers = sizers
        self._settings = job.run
        self._aim = aim_of(job.search.goal)
        self._checkpoints = Checkpoints.of(study, store, job.run)
        self._purse = Purse(
            job.budget, epochs=recipe.epochs, before=minutes_spent(store.environments(study.id))
        )
        self._open: dict[int, _Open] = {}
        self._again: deque[tuple[int, str | None]] = deque()
        self._next_number = 0
        self._epochs_of_ended = 0
        self._interrupted = False
        self.trouble: Trouble | None = None
        self.standing = Standing(study.sizes, trials=job.budget.trials, epochs=recipe.epochs)
        self._rebuild(store.trials(study.id))

    @property
    def interrupted(self) -> bool:
        """Whether somebody asked the study to stop early."""
        return self._interrupted

    @property
    def ending(self) -> str | None:
        """Why no trial beyond those that are open will be started, or None if one will."""
        if self.standing.exhausted:
            if self._aim is not None and self._algorithm.content:
                return told_end(self._aim, self._study.size, self.standing.front)
            return "its space holds no further network"
        planned = self._epochs_of_ended + len(self._open) * self._recipe.epochs
        return self._purse.used_up(self._next_number, planned)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to hand out and nothing is being trained."""
        return not self._open and self.ending is not None

    @property
    def over(self) -> bool:
        """Whether `next` will have nothing more, whatever becomes of the trials in training."""
        return self._interrupted or self.complete

    def interrupt(self) -> None:
        """Hand out nothing more and end running trials at their next report."""
        self._interrupted = True

    def halt(self, trouble: Trouble) -> None:
        """Interrupt the study for a reason that its end will tell."""
        self.trouble = self.trouble or trouble
        self.interrupt()

    def check(self) -> None:
        """Raise what the study was halted by, if it was."""
        if self.trouble is not None:
            raise self.trouble

    def next(self) -> Assignment | None:
        """Return the next trial to train, or None when there is none now (see `over`)."""
        if self._interrupted:
            return None
        if self._again:
            return self._restart(*self._again.popleft())
        if self.ending is not None:
            return None
        proposal = self._algorithm.ask()
        if proposal is None:
            self.standing.exhausted = True
            return None
        return self._start(proposal)

    def report(self, number: int, *reports: EpochReport) -> bool:
        """Commit one or more epochs of a trial and return whether its training goes on.

        An epoch that was reported before comes from a worker that went on behind a checkpoint: it
        and those after it are replaced. Epochs behind the one that ends the trial do not count.
        """
        trial = self._open[number]
        taken, end = self._judge(number, reports)
        last = taken[-1]
        documents = [asdict(report) for report in taken]
        how, expected = end and end[:2], end and _expected(end[2])
        self._write(
            lambda: self._store.record_epoch(trial.trial_id, *documents, end=how, expected=expected)
        )
        trial.epoch, trial.accuracy = last.epoch, last.accuracy
        self.standing.progress(number, last.epoch)
        if end is not None:
            self._close(number, end[0], end[2])
        return end is None and not self._interrupted

    def fail(self, number: int, reason: str) -> None:
        """Commit that a trial could not be trained to its end."""
        trial = self._open[number]
        self._write(lambda: self._store.end_trial(trial.trial_id, "failed", reason))
        self._close(number, "failed")

    def lose(self, number: int, reason: str) -> None:
        """Queue a trial whose worker died once more, or end it where that happened too often."""
        trial = self._open[number]
        trial.losses += 1
        if trial.losses > self._settings.retries:
            times = "once" if trial.losses == 1 else f"{trial.losses} times"
            self.fail(number, f"its worker was lost {times}, the last time because {reason}")
        else:
            self.put_back(number, f"its worker was lost because {reason}")

    def put_back(self, number: int, reason: str | None = None) -> None:
        """Queue a trial that is not in training any more, to go on from its checkpoint."""
        self._again.append((number, reason))
        self.standing.forget(number)

    def in_training(self) -> list[int]:
        """Return the numbers of the trials that were handed out and have not come back."""
        queued = {number for number, _ in self._again}
        return [number for number in sorted(self._open) if number not in queued]

    def tidy(self) -> None:
        """Remove checkpoints of trials that have ended, by the store, and what was half written."""
        trial = self._store.trial
        self._checkpoints.tidy(lambda number: trial(self._study.id, number).state == "running")

    def _judge(
        self, number: int, reports: Sequence[EpochReport]
    ) -> tuple[Sequence[EpochReport], tuple[TrialEnd, str, Stop | None] | None]:
        """Return the reports up to the one that ends the trial, and that end, if there is one.

        An end is a state, a reason, and of a stopped trial its stop.
        """
        for count, report in enumerate(reports, start=1):
            stop = self._stop(number, report)
            if report.epoch >= self._recipe.epochs:
                # The weights were saved before.
                told = f"trained all {report.epoch} epochs"
                return reports[:count], ("finished", told, None)
            if stop is not None:
                return reports[:count], ("stopped", stop.reason, stop)
        return reports, None

    def _stop(self, number: int, report: EpochReport) -> Stop | None:
        if self._stopping is None:
            return None
        network = self._network(self._open[number].proposal)
        return self._stopping.judge(number, network, report.epoch, report.accuracy)

    def _network(self, proposal: Proposal) -> Network:
        return Network(proposal.point, self._sizes(proposal.architecture))

    def _sizes(self, architecture: Architecture) -> tuple[float, ...]:
        return tuple(sizer.one(architecture) for sizer in self._sizers)

    def _latency(self, architecture: Architecture) -> float | None:
        """Return the measured latency, where that is what accuracy is traded against."""
        sizes = dict(zip(self._study.sizes, self._sizes(architecture), strict=True))
        return sizes.get(columns.LATENCY_MS)

    def _recall(self, trial: TrialRecord, proposal: Proposal) -> Stop | None:
        """Tell the rule the epochs of a trial; return its stop, if it was stopped."""
        if self._stopping is None:
            return None
        told = [epoch.accuracy for epoch in self._store.epochs(trial.id)]
        stopped, network = trial.state == "stopped", self._network(proposal)
        return self._stopping.recall(trial.number, network, told, stopped=stopped)

    def _close(self, number: int, state: TrialEnd, stop: Stop | None = None) -> None:
        """Tell of an end; of a stopped trial the algorithm learns where it was expected to end."""
        trial = self._open.pop(number)
        self._epochs_of_ended += trial.epoch
        accuracy = trial.accuracy if state == "finished" else None
        self._algorithm.tell(_outcome(trial.proposal, accuracy, stop))
        architecture = trial.proposal.architecture
        self.standing.ended(number, architecture, state, accuracy, self._sizes(architecture))
        self._checkpoints.remove(number)

    def _write(self, write: Callable[[], _Result]) -> _Result:
        try:
            return patiently(self._store, write)
        except Trouble as trouble:
            self.halt(trouble)
            raise

    def _assignment(self, number: int, architecture: Architecture, known: int = 0) -> Assignment:
        return Assignment(
            number,
            architecture,
            self._recipe,
            trial_seed(self._study.seed, number),
            str(weights_path(self._store, self._study.name, number)),
            threads=self._settings.cpus_per_trial,
            checkpoint=self._checkpoints.locate(number),
            checkpoint_seconds=self._settings.checkpoint_seconds,
            epochs_known=known,
        )

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
            latency_ms=self._latency(architecture),
            **{cost: getattr(architecture, cost) for cost in COSTS},
        )
        trial_id = self._write(lambda: self._store.start_trial(self._study.id, start))
        self._next_number += 1
        self._open[number] = _Open(trial_id, proposal)
        self.standing.started(Running(number, proposal.architecture.params))
        return assignment

    def _restart(self, number: int, reason: str | None) -> Assignment:
        trial = self._open[number]
        known, id_ = trial.epoch, trial.trial_id
        self._write(lambda: self._store.restart_trial(id_, keep=known, reason=reason))
        architecture = trial.proposal.architecture
        self.standing.started(Running(number, architecture.params, known))
        return self._assignment(number, architecture, known)

    def _rebuild(self, trials: Sequence[TrialRecord]) -> None:
        """Bring algorithm, queue and standing to where an earlier run of the study left them."""
        proposals = {each.number: _proposal(each) for each in trials}
        stops = {each.number: self._recall(each, proposals[each.number]) for each in _ended(trials)}
        for trial in sorted(trials, key=lambda trial: trial.number):
            proposal = proposals[trial.number]
            self._algorithm.recall(proposal)
            self._next_number = trial.number + 1
            if trial.state == "running":
                self._open[trial.number] = _Open(trial.id, proposal, trial.epochs, trial.accuracy)
                self.put_back(trial.number)
                continue
            self._epochs_of_ended += trial.epochs
            accuracy = trial.accuracy if trial.state == "finished" else None
            self._algorithm.tell(_outcome(proposal, accuracy, stops[trial.number]))
            network = proposal.architecture
            sizes = self._sizes(network)
            self.standing.ended(trial.number, network, trial.state, accuracy, sizes)
        self.standing.begin()


def _proposal(trial: TrialRecord) -> Proposal:
    return Proposal(tuple(trial.point), Architecture.from_dict(trial.architecture))


def _ended(trials: Sequence[TrialRecord]) -> list[TrialRecord]:
    """Return trials in the order in which they ended, those that run last."""
    return sorted(trials, key=_moment)


def _outcome(proposal: Proposal, accuracy: float | None, stop: Stop | None) -> Outcome:
    if stop is None:
        return Outcome(proposal, accuracy)
    return Outcome(proposal, stop.expected, stop.spread)


def _expected(stop: Stop | None) -> tuple[float, float] | None:
    """Return where a stopped trial would have ended, as the store takes it: no spread is nan."""
    return None if stop is None else (stop.expected, stop.spread or math.nan)


def _moment(trial: TrialRecord) -> tuple[float, int]:
    return (math.inf if trial.ended is None else trial.ended.timestamp(), trial.number)
