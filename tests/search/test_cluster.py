"""Searches on a Ray cluster, sent to it and steered from elsewhere, in a PostgreSQL store."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from results import Study, open_store
from search.launching.cluster import ClusterLauncher
from space.errors import InputError
from tests.search.head import PATIENCE, ray_head
from tests.search.jobs import small_job
from tests.search.steering import finished, steer
from tests.search.test_ray import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from results import Store
    from tests.search.head import Head

EPOCHS = 40


@pytest.fixture
def head(tmp_path: Path) -> Iterator[Head]:
    with ray_head(tmp_path, cores=2) as started:
        yield started


@pytest.fixture
def store(postgres: str) -> Iterator[Store]:
    opened = open_store(postgres)
    yield opened
    opened.close()


class Machine:
    """Types commands as a person does who has the cluster's token and address."""

    def __init__(self, head: Head, store: Store, folder: Path) -> None:
        self.folder = folder
        self.variables = head.variables | {
            "RAY_API_SERVER_ADDRESS": head.dashboard,
            "SIZEWISE_STORE": store.url,
            "SIZEWISE_RUNS": str(folder / "runs"),
        }

    def __call__(self, *words: str, code: int = 0, **variables: str) -> str:
        # Whoever follows a log waits for the search too, which takes minutes on a busy machine.
        ran = subprocess.run(
            [sys.executable, "-m", "search.command", *words],
            env=self.variables | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=5 * PATIENCE if "--follow" in words else PATIENCE,
        )
        assert ran.returncode == code, ran.stdout
        assert "Traceback" not in ran.stdout
        return ran.stdout

    def job(self, name: str, **changes: Any) -> str:
        recipe = {"epochs": EPOCHS, "batch_size": 32}
        run = {"runner": "ray", "workers": 1}
        document = small_job(**{"recipe": recipe, "run": run, **changes}).model_dump(mode="json")
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(document))
        return str(path)


@pytest.mark.slow
def test_searches_are_sent_stopped_and_resumed_side_by_side(
    head: Head, store: Store, tmp_path: Path
) -> None:
    sizewise = Machine(head, store, tmp_path)
    runs = ("--runs", str(tmp_path / "runs"))
    told = sizewise("submit", sizewise.job("one", budget={"trials": 24}), *runs)
    assert "sizewise stop one" in told
    sizewise("submit", sizewise.job("two", budget={"trials": 24}), *runs)

    def both_run() -> bool:
        return all(2 <= finished(store, name) < 20 for name in ("one", "two"))

    wait_for(both_run)
    told = sizewise("resume", "one", code=2)
    assert "one driver at a time" in told
    assert "since" in told

    sizewise("stop", "one")
    assert store.study("one").state == "interrupted"
    kept = Study(store, "one").trials().query("state == 'finished'").set_index("number")
    assert len(kept) < 24, "the search must be stopped in the middle"
    log = sizewise("logs", "one")
    assert "Front of one" in log
    assert "sizewise resume one" in log

    sizewise("submit", "--resume", "one", *runs)
    assert "Front of one" in sizewise("logs", "one", "--follow")
    sizewise("logs", "two", "--follow")
    for name in ("one", "two"):
        trials = Study(store, name).trials().set_index("number")
        assert list(trials["state"]) == ["finished"] * 24
        assert trials["fingerprint"].is_unique
        counts = Study(store, name).epochs().groupby("number")["epoch"].agg(["count", "max"])
        assert (counts == EPOCHS).all(axis=None)
        assert store.study(name).state == "finished"
        assert len(list((tmp_path / "runs" / name / "weights").iterdir())) == 24
    same = ["fingerprint", "accuracy", "attempt", "ended"]
    after = Study(store, "one").trials().set_index("number")
    assert after.loc[kept.index, same].equals(kept[same])
    listed = json.loads(sizewise("jobs", "--json"))
    assert [(job["study"], job["state"]) for job in listed] == [
        ("one", "stopped"),
        ("two", "succeeded"),
        ("one", "succeeded"),
    ]
    told = sizewise("stop", "two", code=2)
    assert "must be running" in told


@pytest.mark.slow
def test_dashboards_start_stop_and_resume_searches_on_a_cluster(
    head: Head, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "RAY_AUTH_MODE", "RAY_AUTH_TOKEN"):
        monkeypatch.setenv(name, head.variables[name])
    monkeypatch.chdir(tmp_path)
    job = small_job(
        study="sent",
        budget={"trials": 200},
        recipe={"epochs": EPOCHS, "batch_size": 32},
        run={"runner": "ray", "workers": 1},
    )
    one, other = (ClusterLauncher(store, head.dashboard) for _ in range(2))
    steer(one, other, store, yaml.safe_dump(job.model_dump(mode="json")))


def test_a_dashboard_needs_a_server_and_a_cluster(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/s.db")
    with pytest.raises(InputError, match="store in a server"):
        ClusterLauncher(store, "http://127.0.0.1:9")
    store.close()


@pytest.mark.slow
def test_a_node_searches_on_its_cluster_and_leaves_it_running(
    head: Head, store: Store, tmp_path: Path
) -> None:
    sizewise = Machine(head, store, tmp_path)
    job = sizewise.job("here")
    for study in ("first", "second"):
        sizewise("run", job, "--address", head.gcs, "--study", study)
        assert finished(store, study) == 4
    stranger = {"RAY_AUTH_TOKEN": "0" * 64}
    for words in (["run", job, "--address", head.gcs], ["jobs"]):
        told = sizewise(*words, code=2, **stranger)
        assert "the cluster must know this machine's token" in told
