"""The fault drill: real workers and drivers of Ray, and everything that can befall them."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from results import Study, open_store
from search.repeating import repeat_trial
from tests.search.drivers import (
    faults,
    finish,
    finished,
    start,
    wait_for,
    workers_of,
    write_job,
)

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    import pandas as pd

    from results import Store

pytestmark = pytest.mark.slow

EPOCHS = 6
RECIPE = {"epochs": EPOCHS, "batch_size": 32}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")
    yield opened
    opened.close()


def trials_of(store: Store) -> pd.DataFrame:
    return Study(store, "job").trials().set_index("number")


def check_whole(store: Store, trials: int, epochs: int = EPOCHS) -> None:
    """Each trial is there once and finished, and has each of its epochs once, and no other."""
    found = trials_of(store)
    assert list(found.index) == list(range(trials))
    assert set(found["state"]) == {"finished"}
    assert found["fingerprint"].is_unique
    curves = Study(store, "job").epochs().groupby("number")["epoch"].apply(list)
    assert all(curve == list(range(1, epochs + 1)) for curve in curves)
    folder = store.folder("job")
    weights = {int(path.stem) for path in (folder / "weights").iterdir()}
    assert weights == set(range(trials))
    assert not (folder / "checkpoints").exists()


def until(driver: subprocess.Popen[str], condition: Callable[[], object]) -> None:
    """Wait for something that happens while the driver runs."""
    wait_for(lambda: bool(condition()) or driver.poll() is not None)
    assert driver.poll() is None, driver.communicate()[0]


def has_finished(store: Store, trials: int) -> bool:
    return len(finished(store)) >= trials


def restarts(store: Store) -> dict[int, str | None]:
    return {trial.number: trial.restarts for trial in store.trials(store.study("job").id)}


def test_twenty_killed_workers_and_ten_killed_drivers_cost_nothing(
    store: Store, tmp_path: Path
) -> None:
    rng = random.Random(0)
    recipe, run = {"epochs": 12, "batch_size": 16}, {"checkpoint_seconds": 0, "retries": 20}
    stage = {"op": ["conv"], "filters": list(range(2, 13)), "kernel": [1, 3], "pool": ["max"]}
    head = {"pool": ["global_avg", "flatten"], "hidden": [[]], "dropout": [0.0]}
    space = {"stages": [{"repeat": [1], **stage}, {"repeat": [0, 1], **stage}], "head": head}
    job = write_job(tmp_path, space=space, budget={"trials": 100}, recipe=recipe, run=run)
    kills = ["worker"] * 20 + ["driver"] * 10
    rng.shuffle(kills)
    driver = start(store, "run", str(job))
    for step, kill in enumerate(kills):
        # Spread over the whole study, and always in the middle of something.
        until(driver, partial(has_finished, store, 3 * step))
        until(driver, partial(workers_of, driver.pid))
        time.sleep(rng.random())
        if kill == "driver":
            driver.kill()
            driver.communicate()
            driver = start(store, "resume", "job")
        else:
            for worker in workers_of(driver.pid)[:1]:
                os.kill(worker, signal.SIGKILL)
    finish(driver)
    check_whole(store, 100, 12)
    resumed = [number for number, attempt in trials_of(store)["attempt"].items() if attempt > 1]
    assert resumed
    for number in rng.sample(resumed, 3) + rng.sample(range(100), 5):
        assert repeat_trial(store, "job", number).equal


def test_each_fault_of_a_training_ends_its_trial_alone(store: Store, tmp_path: Path) -> None:
    every = 1_000
    environment = faults(
        tmp_path,
        {
            1: ("segfault", 3, 1),
            3: ("kill", 2, every),
            4: ("hang", 2, 1),
            6: ("raise", 3, 1),
            7: ("nan", 2, 1),
        },
    )
    run = {"silence_minutes": 0.1, "checkpoint_seconds": 0, "retries": 2}
    job = write_job(tmp_path, budget={"trials": 10}, recipe=RECIPE, run=run)
    finish(start(store, "run", str(job), environment=environment))
    trials = trials_of(store)
    failed = trials[trials["state"] == "failed"]["reason"].to_dict()
    assert list(failed) == [3, 4, 6, 7]
    assert "lost 3 times, the last time because its process died" in failed[3]
    assert failed[4] == "no report for 0.1 minutes"
    assert failed[6] == "ValueError: a fault of the test"
    assert failed[7] == "the training loss of epoch 2 is nan"
    assert set(trials.drop(list(failed))["state"]) == {"finished"}
    assert trials["attempt"].to_dict() == {n: {1: 2, 3: 3}.get(n, 1) for n in range(10)}
    told = restarts(store)
    assert told[1] is not None
    assert told[1].startswith("its worker was lost because its process died")
    assert repeat_trial(store, "job", 1).equal


def test_ray_kills_what_fills_the_memory_and_nothing_else_is_lost(
    store: Store, tmp_path: Path
) -> None:
    fields = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
    memory = {name.rstrip(":"): 1024 * int(kilobytes) for name, kilobytes, *_ in fields}
    total, used = memory["MemTotal"], memory["MemTotal"] - memory["MemAvailable"]
    room = 3 * 1024**3
    environment = faults(
        tmp_path,
        {2: (f"allocate {2 * room}", 2, 1_000), 3: (f"allocate {2 * room}", 3, 1)},
        RAY_memory_usage_threshold=f"{(used + room) / total:.3f}",
    )
    # Ray may kill the neighbour of what fills the memory first: an innocent is lost as well.
    run = {"checkpoint_seconds": 0, "retries": 3}
    job = write_job(tmp_path, budget={"trials": 6}, recipe=RECIPE, run=run)
    finish(start(store, "run", str(job), environment=environment))
    trials = trials_of(store)
    assert trials["state"].to_dict() == {n: "failed" if n == 2 else "finished" for n in range(6)}
    reason = str(trials["reason"][2])
    assert reason.startswith("its worker was lost 4 times")
    assert "memory" in reason
    assert trials["attempt"][3] >= 2


def test_a_full_disk_stops_the_study_and_keeps_its_trials(store: Store, tmp_path: Path) -> None:
    environment = faults(tmp_path, {2: ("full", EPOCHS, 1)})
    job = write_job(tmp_path, budget={"trials": 6}, recipe=RECIPE)
    output = finish(start(store, "run", str(job), environment=environment), code=1)
    assert "Trial 2 could not save its network" in output
    assert "File too large" in output
    assert "sizewise resume job" in output
    assert set(trials_of(store)["state"]) <= {"finished", "running"}
    finish(start(store, "resume", "job"))
    check_whole(store, 6)


def test_a_store_that_is_locked_for_a_while_is_waited_for(store: Store, tmp_path: Path) -> None:
    job = write_job(tmp_path, budget={"trials": 12}, recipe=RECIPE)
    driver = start(store, "run", str(job))
    until(driver, partial(has_finished, store, 3))
    path = tmp_path / "runs/sizewise.db"
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        before = len(finished(store))
        time.sleep(5)
        assert len(finished(store)) == before
        other.execute("ROLLBACK")
    other.close()
    finish(driver)
    check_whole(store, 12)


def test_a_store_that_is_gone_for_good_stops_the_study(store: Store, tmp_path: Path) -> None:
    job = write_job(tmp_path, budget={"trials": 400}, recipe=RECIPE)
    driver = start(store, "run", str(job), environment=impatient(tmp_path, 3))
    until(driver, partial(has_finished, store, 3))
    path = tmp_path / "runs/sizewise.db"
    path.rename(tmp_path / "away.db")
    output = finish(driver, code=1)
    assert "could not be written for 3 s" in output
    assert "the store's file is gone" in output
    (tmp_path / "away.db").rename(path)
    known = len(trials_of(store))
    # What was committed is there, and a resume goes on from it.
    resumed = start(store, "resume", "job")
    until(resumed, lambda: len(trials_of(store)) > known + 2)
    os.killpg(resumed.pid, signal.SIGINT)
    finish(resumed, code=130)
    assert len(finished(store)) >= known - 1


def test_a_second_driver_is_refused_while_the_first_goes_on(store: Store, tmp_path: Path) -> None:
    # Long enough for the second one to come while the first is at work, however slow its start.
    recipe = {"epochs": 300, "batch_size": 32}
    job = write_job(tmp_path, budget={"trials": 60}, recipe=recipe)
    first = start(store, "run", str(job))
    until(first, partial(has_finished, store, 1))
    refused = finish(start(store, "resume", "job"), code=2)
    assert f"process {first.pid}, since 20" in refused
    known = len(finished(store))
    until(first, partial(has_finished, store, known + 1))
    os.killpg(first.pid, signal.SIGINT)
    finish(first, code=130)


def test_ctrl_c_costs_nothing_of_what_was_trained(store: Store, tmp_path: Path) -> None:
    recipe = {"epochs": 300, "batch_size": 32}
    job = write_job(tmp_path, budget={"trials": 2}, recipe=recipe)
    driver = start(store, "run", str(job))

    def well_on_its_way() -> bool:
        return bool(store.studies()) and (trials_of(store)["epochs"] > 20).sum() == 2

    until(driver, well_on_its_way)
    os.killpg(driver.pid, signal.SIGINT)
    finish(driver, code=130)
    before = Study(store, "job").epochs()
    assert len(list((store.folder("job") / "checkpoints").iterdir())) == 2
    finish(start(store, "resume", "job"))
    check_whole(store, 2, 300)
    after = Study(store, "job").epochs().merge(before, on=["number", "epoch"])
    assert (after["seconds_x"] == after["seconds_y"]).all(), "nothing was trained twice"


def impatient(folder: Path, seconds: int) -> dict[str, Any]:
    """An environment in which a driver waits for its store for some seconds only."""
    (folder / "impatient").mkdir()
    patch = f"import search.patience; search.patience.PATIENCE_SECONDS = {seconds}.0"
    (folder / "impatient" / "sitecustomize.py").write_text(patch)
    root = Path(__file__).parents[2]
    return {"PYTHONPATH": os.pathsep.join([str(folder / "impatient"), str(root)])}
