"""Real Ray workers, real kills."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from results import Study, open_store
from tests.search.jobs import small_job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from results import Store

SIZEWISE = [sys.executable, "-m", "search.command"]
PATIENCE = 120


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")
    yield opened
    opened.close()


def write_job(folder: Path, **changes: object) -> Path:
    run = {"runner": "ray", "workers": 2}
    document = small_job(**{"run": run, **changes}).model_dump(mode="json")
    path = folder / "job.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def start(store: Store, *words: str) -> subprocess.Popen[str]:
    command = [*SIZEWISE, *words, "--store", store.url]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def finish(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    return output


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def finished(store: Store) -> set[int]:
    if not store.studies():
        return set()
    trials = Study(store, "job").trials()
    return set(trials[trials["state"] == "finished"]["number"])


def epochs_in_training(store: Store) -> list[bool]:
    """For each trial in training, whether it is well on its way and far from its end."""
    if not store.studies():
        return []
    trials = Study(store, "job").trials()
    return list(trials[trials["state"] == "running"]["epochs"].between(3, 30))


def workers_of(driver: int) -> list[int]:
    """Processes below the driver that train."""
    listed = subprocess.run(
        ["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    training = [
        int(line.split()[0]) for line in listed if "ray::" in line and "ImplicitFunc" in line
    ]
    return [pid for pid in training if driver in ancestors(pid)]


def ancestors(pid: int) -> set[int]:
    found: set[int] = set()
    while pid > 1:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            break
        pid = int(fields[1])
        found.add(pid)
    return found


def test_a_killed_driver_loses_no_finished_trial(store: Store, tmp_path: Path) -> None:
    job = write_job(tmp_path, budget={"trials": 12}, recipe={"epochs": 12, "batch_size": 32})
    driver = start(store, "run", str(job))
    wait_for(lambda: len(finished(store)) >= 4 or driver.poll() is not None)
    driver.kill()
    driver.communicate()
    before = Study(store, "job").trials().set_index("number")
    kept = before[before["state"] == "finished"]
    assert 4 <= len(kept) < 12, "the driver must be killed in the middle"

    output = finish(start(store, "resume", "job"))
    after = Study(store, "job").trials().set_index("number")
    assert "Front of job" in output
    assert list(after.index) == list(range(12))
    assert set(after["state"]) == {"finished"}
    assert after["fingerprint"].is_unique
    same = ["fingerprint", "accuracy", "attempt", "started", "ended", "seed"]
    assert after.loc[kept.index, same].equals(kept[same])
    counts = Study(store, "job").epochs().groupby("number")["epoch"].agg(["count", "max"])
    assert (counts == 12).all(axis=None)


def test_a_killed_worker_costs_one_attempt(store: Store, tmp_path: Path) -> None:
    job = write_job(tmp_path, budget={"trials": 4}, recipe={"epochs": 60, "batch_size": 32})
    driver = start(store, "run", str(job))
    wait_for(lambda: epochs_in_training(store) == [True, True] or driver.poll() is not None)
    os.kill(workers_of(driver.pid)[0], signal.SIGKILL)
    finish(driver)
    trials = Study(store, "job").trials()
    assert list(trials["state"]) == ["finished"] * 4
    assert sorted(trials["attempt"]) == [1, 1, 1, 2]
    assert len(Study(store, "job").epochs()) == 4 * 60


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
