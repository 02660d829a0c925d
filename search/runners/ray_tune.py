"""Ray Tune trains the trials: our desk in its searcher and scheduler, warm workers, no files."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Self, final

from .ray_connection import connected  # before ray, which it prepares

# isort: split
import ray
from ray import tune

from ..trouble import Trouble
from .ray_worker import SEALED, Worker
from .shares import Shares
from .tune_hooks import DeskScheduler, DeskSearcher

if TYPE_CHECKING:
    from trainers import Split

    from ..job import RunSettings
    from .runner import TrainingDesk


@final
class RayRunner:
    """Trains on workers of Ray, each of which keeps its process between trials."""

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings

    def run(self, desk: TrainingDesk, split: Split) -> None:
        """Train until the desk is over.

        A search of Tune that Ray ends is followed by a fresh one: the store is the truth.
        """
        settings = self._settings
        connection = connected(settings.address, cores=_cores(settings))
        with connection, tempfile.TemporaryDirectory() as folder:
            place = Place.found(settings, split)
            while not desk.over:
                search = _Search(desk, place)
                error = search.fit(split, folder)
                desk.check()
                if not search.heard:
                    raise Trouble(f"Ray trained nothing: {error or 'no worker started'}")
                if not desk.interrupted:
                    for number in desk.in_training():
                        desk.lose(number, f"Ray ended the search ({error})")


@dataclass(frozen=True, slots=True)
class Place:
    """What there is to train on, and how it is divided.

    Args:
        settings: The job's.
        workers: How many trials are trained at once.
        gpus: How many there are.
        shares: How much of one each trial is given.
    """

    settings: RunSettings
    workers: int
    gpus: float
    shares: Shares

    @classmethod
    def found(cls, settings: RunSettings, split: Split, gpu_bytes: int | None = None) -> Self:
        """Look at the Ray that this process is connected to.

        Args:
            settings: The job's.
            split: Its images are counted.
            gpu_bytes: The memory of a GPU, where it is known already.

        Raises:
            Trouble: No node has as much as one trial asks for.
        """
        nodes = [node["Resources"] for node in _nodes() if node["Alive"]]
        gpus = sum(node.get("GPU", 0.0) for node in nodes)
        if gpus and settings.gpus_per_trial == "auto" and gpu_bytes is None:
            gpu_bytes = _gpu_bytes()
        images = len(split.train.labels) + len(split.validation.labels)
        shares = Shares(settings.gpus_per_trial, gpu_bytes=gpu_bytes or 0, images=images)
        _check_room(settings, nodes)
        most = sum(int(node.get("CPU", 0) // settings.cpus_per_trial) for node in nodes)
        workers = most if settings.workers == "auto" else settings.workers
        return cls(settings, workers, gpus, shares)


def _nodes() -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
    return nodes


def _check_room(settings: RunSettings, nodes: list[dict[str, float]]) -> None:
    gpus = 0.0 if settings.gpus_per_trial == "auto" else settings.gpus_per_trial
    for name, asked, field in (
        ("CPU", settings.cpus_per_trial, "cpus_per_trial"),
        ("GPU", gpus, "gpus_per_trial"),
    ):
        largest = max((node.get(name, 0.0) for node in nodes), default=0.0)
        if asked > largest:
            told = f"run.{field} is {asked:g}, but the largest machine has {largest:g} {name}s"
            raise Trouble(f"No worker can start: {told}.")


def _gpu_bytes() -> int:
    """Return the memory of a GPU, asked of a worker, since the driver's machine may have none."""

    def memory() -> int:
        import torch  # noqa: PLC0415  runs on a worker

        return torch.cuda.get_device_properties(0).total_memory if torch.cuda.is_available() else 0

    return int(ray.get(ray.remote(num_cpus=0, num_gpus=0.01)(memory).remote()))


def _cores(settings: RunSettings) -> int:
    here = len(os.sched_getaffinity(0))
    if settings.workers == "auto":
        return max(here, settings.cpus_per_trial)
    return settings.workers * settings.cpus_per_trial


@final
class _Search:
    """One run of Tune, from the first trial that is handed out to the last."""

    def __init__(self, desk: TrainingDesk, place: Place) -> None:
        self._desk = desk
        self._place = place
        silence = 60 * place.settings.silence_minutes
        self._searcher = DeskSearcher(desk, place.shares, gpus=place.gpus)
        self._scheduler = DeskScheduler(desk, place.shares, silence=silence)

    @property
    def heard(self) -> bool:
        """Whether any worker came to report or to die."""
        return self._scheduler.heard_of > 0

    def fit(self, split: Split, folder: str) -> Exception | None:
        """Train until the desk is over, or Tune fails: then return its error."""
        # Tune pickles what it is given here, in which the desk and its algorithm have no place.
        resources = partial(_resources, cpus=self._place.settings.cpus_per_trial)
        tuner = tune.Tuner(
            tune.with_resources(tune.with_parameters(Worker, split=split), resources),
            tune_config=tune.TuneConfig(
                search_alg=self._searcher,
                scheduler=self._scheduler,
                num_samples=-1,
                max_concurrent_trials=self._place.workers,
                reuse_actors=True,
            ),
            run_config=tune.RunConfig(
                storage_path=folder,
                verbose=0,
                # Retries are the desk's, which knows how far a trial has come.
                failure_config=tune.FailureConfig(max_failures=0),
                checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),
            ),
        )
        try:
            tuner.fit()
        except Exception as error:  # noqa: BLE001  whatever ends a search, the desk knows what is left
            return error
        return None


def _resources(config: dict[str, Any], *, cpus: int) -> tune.PlacementGroupFactory:
    return _bundle(cpus, config[SEALED].share)


@cache
def _bundle(cpus: int, gpus: float) -> tune.PlacementGroupFactory:
    return tune.PlacementGroupFactory([{"CPU": cpus, "GPU": gpus}])
