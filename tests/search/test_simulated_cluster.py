"""A simulated cluster of two machines with two GPUs each, which are counted but not there."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from results import Study, open_store
from search.desk import Desk
from search.runners import ray_tune
from search.runners.ray_access import MODE, authentication
from search.session import run
from tests.search.drivers import faults
from tests.search.jobs import small_job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from results import Store

pytestmark = pytest.mark.slow

NODE = {"num_cpus": 8, "num_gpus": 2, "object_store_memory": 128 * 1024**2}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two machines beside a head that trains nothing; jobs with this address train on them."""
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_health_check_period_ms", "500")
    monkeypatch.setenv("RAY_health_check_failure_threshold", "3")
    head = {"num_cpus": 0, "object_store_memory": 128 * 1024**2}
    # Ray ends the whole process where it goes on with the mode of an earlier cluster's tests.
    with authentication({MODE: "disabled"}):
        made = Cluster(initialize_head=True, head_node_args=head)
        try:
            yield made
        finally:
            made.shutdown()


def job(cluster: Any, trials: int, **run_changes: Any) -> Any:
    settings = {"runner": "ray", "address": cluster.address, "gpus_per_trial": 0.25, **run_changes}
    recipe = {"epochs": 8, "batch_size": 16}
    return small_job(run=settings, recipe=recipe, budget={"trials": trials})


@contextmanager
def seen_devices(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Path]:
    """Let each worker write down which devices it sees and where, when it begins a trial."""
    setup = ray_tune.Worker.setup

    def noted(worker: Any, config: Any, **more: Any) -> None:
        import ray

        node = ray.get_runtime_context().get_node_id()
        (folder / f"{os.getpid()}").write_text(f"{node} {os.environ['CUDA_VISIBLE_DEVICES']}")
        setup(worker, config, **more)

    monkeypatch.setattr(ray_tune, "Worker", type("Worker", (ray_tune.Worker,), {"setup": noted}))
    yield folder


def test_quarters_of_four_gpus_train_sixteen_trials_at_once(
    cluster: Any, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        cluster.add_node(**NODE)
    cluster.wait_for_nodes()
    (tmp_path / "seen").mkdir()
    with seen_devices(monkeypatch, tmp_path / "seen") as seen:
        assert run(job(cluster, 48), store, name="wide").state == "finished"
    places = Counter(path.read_text() for path in seen.iterdir())
    assert sorted(places.values()) == [4, 4, 4, 4], places
    assert {place.split()[1] for place in places} == {"0", "1"}
    trials = Study(store, "wide").trials()
    assert set(trials["state"]) == {"finished"}
    started, ended = trials["started"], trials["ended"]
    at_once = [((started <= moment) & (ended > moment)).sum() for moment in started]
    assert max(at_once) == 16


def test_a_lost_machine_loses_no_trial(
    cluster: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = [cluster.add_node(**NODE) for _ in range(2)]
    cluster.wait_for_nodes()
    report, reports = Desk.report, 0

    def counted(desk: Desk, *told: Any) -> bool:
        nonlocal reports
        reports += 1
        if reports == 20:
            cluster.remove_node(nodes.pop(), allow_graceful=False)
        return report(desk, *told)

    monkeypatch.setattr("search.desk.Desk.report", counted)
    record = run(job(cluster, 24, checkpoint_seconds=0), store, name="lossy")
    assert record.state == "finished"
    trials = Study(store, "lossy").trials()
    assert list(trials["state"]) == ["finished"] * 24
    assert (trials["attempt"] > 1).any(), "the machine was not in use"
    curves = Study(store, "lossy").epochs().groupby("number")["epoch"].apply(list)
    assert all(curve == list(range(1, 9)) for curve in curves)
    told = {trial.restarts for trial in store.trials(record.id)} - {None}
    assert told


def test_a_trial_whose_memory_ran_out_is_trained_in_a_larger_share(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """By GPUs of which only the size is known: trainings fail as if their share were too small."""
    for name, value in faults(tmp_path, {1: ("memory", 2, 2), 3: ("memory", 1, 99)}).items():
        monkeypatch.setenv(name, value)
    cluster = request.getfixturevalue("cluster")
    cluster.add_node(num_cpus=2, num_gpus=1, object_store_memory=128 * 1024**2)
    cluster.wait_for_nodes()
    monkeypatch.setattr(ray_tune, "_gpu_bytes", lambda: 80 * 1024**3)
    record = run(job(cluster, 6, gpus_per_trial="auto"), store, name="tight")
    trials = {trial.number: trial for trial in store.trials(record.id)}
    failed = {number for number, trial in trials.items() if trial.state == "failed"}
    assert failed == {3}
    assert trials[3].reason == "a fault of the test"
    assert [trials[number].attempt for number in range(6)] == [1, 3, 1, 5, 1, 1]
    assert trials[1].restarts == (
        "memory ran out in 1/16 of a GPU, 1/8 is next; memory ran out in 1/8 of a GPU, 1/4 is next"
    )
