"""Our desk behind Tune's searcher and scheduler, both developer API of a pinned Ray."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, final

import ray
from ray.tune.schedulers import TrialScheduler
from ray.tune.search import Searcher

from .losses import make_losses_known
from .ray_worker import PEAK, REPORT, SEALED, Sealed
from .runner import hand_over
from .shares import spoken
from .work import Failed

if TYPE_CHECKING:
    from ray.tune.execution.tune_controller import TuneController
    from ray.tune.experiment import Trial

    from ..assignment import Assignment
    from .runner import TrainingDesk
    from .shares import Shares

WATCH_SECONDS = 1.0


class _ForgetsDesk:
    """Tune pickles searcher and scheduler into files that nobody reads; the desk stays out."""

    def __init__(self, desk: TrainingDesk, shares: Shares) -> None:
        super().__init__()
        self._desk = desk
        self._shares = shares

    def __getstate__(self) -> dict[str, Any]:
        return {}


@final
class DeskSearcher(_ForgetsDesk, Searcher):
    """Asks the desk what to train.

    Args:
        desk: The desk.
        shares: Says how much of a GPU each trial is given.
        gpus: How many there are; a trial waits here until its share is free.
    """

    def __init__(self, desk: TrainingDesk, shares: Shares, *, gpus: float) -> None:
        super().__init__(desk, shares)
        self._free = gpus
        self._held: Assignment | None = None
        self._given: dict[str, float] = {}

    def suggest(self, trial_id: str) -> dict[str, Any] | None:
        """Return a sealed assignment, None to be asked again, or that the search is over."""
        held = None if self._desk.interrupted else self._held
        assignment = held or self._desk.next()
        if assignment is None:
            # A word that Tune's own types leave out: no trial will follow.
            return Searcher.FINISHED if self._desk.over else None  # type: ignore[return-value]
        share = self._shares.share(assignment)
        self._held = assignment if share > self._free else None
        if self._held is not None:
            return None
        self._free -= share
        self._given[trial_id] = share
        return {SEALED: Sealed.of(assignment, share)}

    def on_trial_complete(
        self,
        trial_id: str,
        result: dict[str, Any] | None = None,  # noqa: ARG002  the scheduler told the desk
        error: bool = False,  # noqa: ARG002  likewise
    ) -> None:
        """Take note of what became free."""
        self._free += self._given.pop(trial_id)

    def save(self, checkpoint_path: str) -> None:
        """Save nothing: the store is the truth."""

    def restore(self, checkpoint_path: str) -> None:
        """Restore nothing: the store is the truth."""


@final
class DeskScheduler(_ForgetsDesk, TrialScheduler):
    """Tells the desk every report and every death, and lets it decide whether training goes on.

    Args:
        desk: The desk.
        shares: Learns how much memory trials took.
        silence: Seconds without a report after which a worker is killed.
    """

    def __init__(self, desk: TrainingDesk, shares: Shares, *, silence: float) -> None:
        super().__init__(desk, shares)
        self._silence = silence
        self._heard: dict[str, float] = {}
        self._killed: set[str] = set()
        self._reasons: dict[str, str] = {}
        self._ended: list[Trial] = []
        self._next_watch = 0.0
        self.heard_of = 0

    def on_trial_result(
        self,
        tune_controller: TuneController,  # noqa: ARG002  as Tune calls it
        trial: Trial,
        result: dict[str, Any],
    ) -> str:
        """Hand a report to the desk."""
        sealed, told = trial.config[SEALED], result[REPORT]
        self._heard[trial.trial_id] = time.monotonic()
        self.heard_of += 1
        failed = isinstance(told[-1], Failed)
        if failed and told[-1].kind == "out_of_memory" and self._grown(sealed):
            return TrialScheduler.STOP
        if result[PEAK] is not None and not failed:
            self._shares.learn(sealed.opened(), result[PEAK])
        goes_on = hand_over(self._desk, sealed.number, *told)
        return TrialScheduler.CONTINUE if goes_on else TrialScheduler.STOP

    def on_trial_error(self, tune_controller: TuneController, trial: Trial) -> None:
        """Tell the desk that a worker died with its trial."""
        number = trial.config[SEALED].number
        self.heard_of += 1
        if trial.trial_id in self._killed:
            self._desk.fail(number, f"no report for {self._silence / 60:g} minutes")
        else:
            self._desk.lose(number, self._reasons.pop(trial.trial_id, "it did not start"))
        self.on_trial_complete(tune_controller, trial, {})

    def choose_trial_to_run(self, tune_controller: TuneController) -> Trial | None:
        """Choose none, and look after the workers: Tune calls this at each step.

        Any answer but None makes Tune hand a warm worker to a trial that waits for a worker of its
        own, and then kill that one: a lost worker would never come back.
        """
        # What Tune passes is a wrapper that hides what follows.
        controller: TuneController = vars(tune_controller)["_tune_controller"]
        if not self._next_watch:
            make_losses_known(controller, self._reasons)
        if time.monotonic() >= self._next_watch:
            self._watch(controller)
        self._forget(controller)
        return None

    def on_trial_complete(
        self,
        tune_controller: TuneController,  # noqa: ARG002  as Tune calls it
        trial: Trial,
        result: dict[str, Any],  # noqa: ARG002  likewise
    ) -> None:
        """Take note that Tune is about to be through with a trial."""
        self._heard.pop(trial.trial_id, None)
        self._ended.append(trial)

    def on_trial_add(self, tune_controller: TuneController, trial: Trial) -> None:
        """Do nothing: the searcher knows."""

    def on_trial_remove(self, tune_controller: TuneController, trial: Trial) -> None:
        """Do nothing: no trial is removed."""

    def debug_string(self) -> str:
        """Return a name for Tune's own output."""
        return "sizewise"

    def _grown(self, sealed: Sealed) -> bool:
        """Queue a trial whose memory ran out for a larger share of a GPU, if there is one."""
        larger = self._shares.grow(sealed.number, sealed.share)
        if larger is not None:
            told = f"memory ran out in {spoken(sealed.share)} of a GPU, {spoken(larger)} is next"
            self._desk.put_back(sealed.number, told)
        return larger is not None

    def _watch(self, controller: TuneController) -> None:
        now = time.monotonic()
        self._next_watch = now + WATCH_SECONDS
        for trial in controller._running_trials:  # noqa: SLF001  Tune has no time-out of its own
            silent = now - self._heard.setdefault(trial.trial_id, now)
            if silent > self._silence and trial.trial_id not in self._killed:
                self._killed.add(trial.trial_id)
                worker = trial.temporary_state.ray_actor
                assert worker is not None, "a running trial has a worker"
                # From outside: a worker that holds the interpreter's lock hears nothing.
                ray.kill(worker)

    def _forget(self, controller: TuneController) -> None:
        """Drop ended trials from Tune's books, which it keeps and scans through to the end."""
        books = (
            controller._trials,  # noqa: SLF001  as all of these
            controller._live_trials,  # noqa: SLF001
            controller._stopped_trials,  # noqa: SLF001
            controller._failed_trials,  # noqa: SLF001
            controller._trials_to_cache,  # noqa: SLF001
        )
        for trial in self._ended:
            for book in books:
                if trial in book:
                    book.remove(trial)
        self._ended.clear()
