"""Ray Tune trains the trials: our desk behind a searcher and a scheduler, warm workers, no files.

Tune's searcher and scheduler interfaces are developer API; this module alone knows them.
"""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, final

# Read by Ray when it is imported or started: no file per trial, no state of its own to restore
# (the store is the truth), no output of its own, and signals left to whoever started the study.
os.environ.update(
    TUNE_DISABLE_AUTO_CALLBACK_LOGGERS="1",
    TUNE_DISABLE_SIGINT_HANDLER="1",
    TUNE_GLOBAL_CHECKPOINT_S="600",
    TUNE_PRINT_ALL_TRIAL_ERRORS="0",
    TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S="0",
    RAY_AIR_NEW_OUTPUT="0",
    RAY_CHDIR_TO_TRIAL_DIR="0",
    RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0",
    RAY_USAGE_STATS_ENABLED="0",
)

# By default Ray runs its workers at low priority, so that any other process starves them.
os.environ.setdefault("RAY_worker_niceness", "0")

import ray
from ray import tune
from ray.tune.schedulers import TrialScheduler
from ray.tune.search import Searcher

from .runner import RunnerError
from .work import Failed, work

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """Trains on the workers of a local Ray, each of which keeps its process between trials."""

    def __init__(self, *, workers: int) -> None:
        self._workers = workers

    def run(self, desk: Desk, split: Split) -> None:
        """Train on ``workers`` processes of one core each until the desk is complete.

        Ray's own out-of-memory kill ends a whole ``fit()``; what ran is put back and trained by the
        next one, as long as each makes progress.
        """
        with local_ray(self._workers), tempfile.TemporaryDirectory() as folder:
            while not (desk.complete or desk.interrupted):
                before = desk.standing.done
                error = _fit(desk, split, self._workers, folder)
                if desk.standing.done == before and not desk.interrupted:
                    raise RunnerError(f"Ray trained nothing: {error or 'no worker started'}")
                desk.put_back()


@contextmanager
def local_ray(workers: int) -> Iterator[None]:
    """Hold a Ray of this machine's own, with so many cores."""
    # A bare init would join any cluster on record.
    ray.init(
        address="local",
        num_cpus=workers,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
    )
    try:
        yield
    finally:
        ray.shutdown()


def try_ray() -> int:
    """Start a local Ray with one worker and return the process that answered."""
    with local_ray(1):
        return int(ray.get(ray.remote(_process).remote()))


def _process() -> int:
    return os.getpid()


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
