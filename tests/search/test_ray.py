"""Real Ray workers, real kills."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from results import Study, open_store
from search.repeating import repeat_trial
from tests.search.drivers import (
    PATIENCE,
    epochs_in_training,
    finish,
    finished,
    start,
    wait_for,
    workers_of,
    write_job,
)
from tests.search.test_study import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from results import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")
    yield opened
    opened.close()


def test_a_killed_driver_loses_no_finished_trial(store: Store, tmp_path: Path) -> None:
    job = write_job(
        tmp_path,
        budget={"trials": 8},
        recipe={"epochs": 4, "batch_size": 32},
        search={},  # as a job has it that says nothing
    )
    driver = start(store, "run", str(job))
    wait_for(lambda: len(finished(store)) >= 2 or driver.poll() is not None)
    driver.kill()
    driver.communicate()
    before = Study(store, "job").trials().set_index("number")
    kept = before[before["state"] == "finished"]
    assert 2 <= len(kept) < 8, "the driver must be killed in the middle"

    output = finish(start(store, "resume", "job"))
    after = Study(store, "job").trials().set_index("number")
    assert "Front of job" in output
    assert list(after.index) == list(range(8))
    assert set(after["state"]) == {"finished"}
    assert after["fingerprint"].is_unique
    same = ["fingerprint", "accuracy", "attempt", "started", "ended", "seed"]
    assert after.loc[kept.index, same].equals(kept[same])
    counts = Study(store, "job").epochs().groupby("number")["epoch"].agg(["count", "max"])
    assert (counts == 4).all(axis=None)


@pytest.mark.slow
def test_a_killed_worker_costs_one_attempt(store: Store, tmp_path: Path) -> None:
    job = write_job(tmp_path, budget={"trials": 4}, recipe={"epochs": 30, "batch_size": 32})
    driver = start(store, "run", str(job))
    wait_for(lambda: epochs_in_training(store) == [True, True] or driver.poll() is not None)
    os.kill(workers_of(driver.pid)[0], signal.SIGKILL)
    finish(driver)
    trials = Study(store, "job").trials()
    assert list(trials["state"]) == ["finished"] * 4
    assert sorted(trials["attempt"]) == [1, 1, 1, 2]
    assert len(Study(store, "job").epochs()) == 4 * 30


def test_ctrl_c_keeps_everything_and_says_how_to_go_on(store: Store, tmp_path: Path) -> None:
    job = write_job(tmp_path, budget={"trials": 500}, recipe={"epochs": 8, "batch_size": 32})
    driver = start(store, "run", str(job))
    wait_for(lambda: len(finished(store)) >= 2 or driver.poll() is not None)
    os.killpg(driver.pid, signal.SIGINT)
    output, _ = driver.communicate(timeout=PATIENCE)
    assert driver.returncode == 130, output
    assert "sizewise resume job" in output
    assert "Traceback" not in output
    assert store.study("job").state == "interrupted"
    assert len(finished(store)) >= 2


@pytest.mark.slow
def test_one_worker_and_one_seed_give_the_same_study_twice(store: Store, tmp_path: Path) -> None:
    search = {"algorithm": "tpe", "seed": 3}
    job = write_job(tmp_path, run={"workers": 1}, search=search, budget={"trials": 6})
    for name in ("one", "other"):
        finish(start(store, "run", str(job), "--study", name))
    one, other = (numbers(store, name) for name in ("one", "other"))
    assert one == other
    assert len(one) == 6 + 12
    for number in range(5):
        assert repeat_trial(store, "one", number).equal


def test_the_doctor_finds_a_worker_and_the_store(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "no token of a cluster"))
    checks = json.loads(finish(start(store, "doctor", "--json")))
    assert all(check["well"] for check in checks)
    found = {check["name"]: check["found"] for check in checks}
    assert "process" in found["ray worker"]
    assert "0 studies" in found["store"]
    assert not (tmp_path / ".ray").exists(), "a Ray of our own writes no token"
