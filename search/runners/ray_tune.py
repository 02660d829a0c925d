"""Ray Tune trains the trials: our desk behind a searcher and a scheduler, warm workers, no files.

Tune's searcher and scheduler interfaces are developer API; this module alone knows them.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, final

from .ray_connection import connected  # before ray, which it prepares

# isort: split
import ray
from ray import tune
from ray.tune.schedulers import TrialScheduler
from ray.tune.search import Searcher

from .runner import RunnerError
from .work import Failed, work

if TYPE_CHECKING:
    from ray.tune.execution.tune_controller import TuneController
    from ray.tune.experiment import Trial

    from trainers import Split

    from ..desk import Desk

ASSIGNMENT = "assignment"
REPORT = "report"
# A worker that is lost twice with the same trial is taken to be killed by that trial.
RETRIES = 1


@final
class RayRunner:
    """Trains on the workers of a Ray, each of which keeps its process between trials.

    Args:
        address: Which Ray, as `ray_connection.connected` takes it.
        workers: How many networks are trained at once; None for one on each core.
    """

    def __init__(self, *, address: str | None = None, workers: int | None) -> None:
        self._address = address
        self._workers = workers

    def run(self, desk: Desk, split: Split) -> None:
        """Train on processes of one core each until the desk is complete.

        Ray's own out-of-memory kill ends a whole ``fit()``; what ran is put back and trained by the
        next one, as long as each makes progress.
        """
        with (
            connected(self._address, workers=self._workers) as slots,
            tempfile.TemporaryDirectory() as folder,
        ):
            while not (desk.complete or desk.interrupted):
                before = desk.standing.done
                error = _fit(desk, split, slots, folder)
                if desk.standing.done == before and not desk.interrupted:
                    raise RunnerError(f"Ray trained nothing: {error or 'no worker started'}")
                desk.put_back()


def _fit(desk: Desk, split: Split, workers: int, folder: str) -> Exception | None:
    tuner = tune.Tuner(
        tune.with_resources(tune.with_parameters(_train, split=split), {"cpu": 1}),
        tune_config=tune.TuneConfig(
            search_alg=_DeskSearcher(desk),
            scheduler=_DeskScheduler(desk),
            num_samples=-1,
            max_concurrent_trials=workers,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(
            storage_path=folder,
            verbose=0,
            failure_config=tune.FailureConfig(max_failures=RETRIES),
        ),
    )
    try:
        tuner.fit()
    except ray.exceptions.RayError as error:
        return error
    return None


def _train(config: dict[str, Any], split: Split) -> None:
    """Train one assignment on a worker; the data set lies in shared memory and is only read."""
    for report in work(config[ASSIGNMENT], split):
        tune.report({REPORT: report})


class _ForgetsDesk:
    """Tune pickles searcher and scheduler into files that nobody reads; the desk stays out."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_desk"}


@final
class _DeskSearcher(_ForgetsDesk, Searcher):
    """Asks the desk what to train, and tells it which trials are over."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._numbers: dict[str, int] = {}

    def suggest(self, trial_id: str) -> dict[str, Any] | None:
        assignment = self._desk.next()
        if assignment is None:
            # A word that Tune's own types leave out: no trial will follow.
            return Searcher.FINISHED  # type: ignore[return-value]
        self._numbers[trial_id] = assignment.number
        return {ASSIGNMENT: assignment}

    def on_trial_complete(
        self,
        trial_id: str,
        result: dict[str, Any] | None = None,  # noqa: ARG002  reports went to the desk before
        error: bool = False,
    ) -> None:
        number = self._numbers.pop(trial_id)
        if error:
            self._desk.fail(number, f"its worker was lost {RETRIES + 1} times")
        else:
            self._desk.finish(number)

    def save(self, checkpoint_path: str) -> None:
        """Save nothing: the store is the truth."""

    def restore(self, checkpoint_path: str) -> None:
        """Restore nothing: the store is the truth."""


@final
class _DeskScheduler(_ForgetsDesk, TrialScheduler):
    """Hands every report to the desk and lets the desk decide whether training goes on."""

    def on_trial_result(
        self,
        tune_controller: TuneController,  # noqa: ARG002  as Tune calls it
        trial: Trial,
        result: dict[str, Any],
    ) -> str:
        number, report = trial.config[ASSIGNMENT].number, result[REPORT]
        if isinstance(report, Failed):
            self._desk.fail(number, report.reason)
            return TrialScheduler.CONTINUE
        goes_on = self._desk.report(number, report)
        return TrialScheduler.CONTINUE if goes_on else TrialScheduler.STOP

    def choose_trial_to_run(
        self,
        tune_controller: TuneController,  # noqa: ARG002  as Tune calls it
    ) -> Trial | None:
        # Any answer but None makes Tune hand a warm worker to a trial that waits for a worker of
        # its own, and then kill that one: a lost worker would never come back.
        return None

    def on_trial_add(self, tune_controller: TuneController, trial: Trial) -> None:
        pass

    def on_trial_error(self, tune_controller: TuneController, trial: Trial) -> None:
        pass

    def on_trial_complete(
        self, tune_controller: TuneController, trial: Trial, result: dict[str, Any]
    ) -> None:
        pass

    def on_trial_remove(self, tune_controller: TuneController, trial: Trial) -> None:
        pass

    def debug_string(self) -> str:
        return "sizewise"
