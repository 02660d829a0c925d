"""Searches as processes of their own: real ones, found again, stopped, gone on with."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
import yaml

from results import open_store
from results.errors import StudyExistsError
from search.launching import ProcessLauncher, processes
from space.errors import InputError
from tests.search.jobs import small_job

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from results import Store

PATIENCE = 120.0
"""Seconds; a process imports torch before it begins."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


def written(study: str | None = None, trials: int = 2) -> str:
    job = small_job(study=study, budget={"trials": trials}).model_dump(mode="json")
    return yaml.safe_dump(job)


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.slow
def test_a_search_is_stopped_and_gone_on_with_by_another_dashboard(store: Store) -> None:
    first = ProcessLauncher(store)
    name = first.start(written("away", trials=400))
    assert name == "away"
    with pytest.raises(StudyExistsError):
        first.start(written("away"))
    until(lambda: any(study.name == "away" for study in store.studies()))
    study = store.study("away")
    until(lambda: len(store.trials(study.id)) > 2)

    other = ProcessLauncher(open_store(store.url))
    assert [(one.study, one.doing) for one in other.launched()] == [("away", True)]
    with pytest.raises(InputError, match="must be interrupted"):
        other.resume("away")
    other.stop("away")
    until(lambda: not other.launched()[0].doing)
    assert store.study("away").state == "interrupted"
    assert "sizewise resume away" in other.log("away")
    with pytest.raises(InputError, match="must be searched for by a process"):
        other.stop("away")

    kept = len(store.trials(study.id))
    other.resume("away")
    until(lambda: len(store.trials(study.id)) > kept)
    other.stop("away")
    until(lambda: not other.launched()[0].doing)


def test_what_is_wrong_is_told_before_anything_starts(store: Store, tmp_path: Path) -> None:
    launcher = ProcessLauncher(store)
    for changes, told in (
        ({"budget": {"trials": 0}}, r"budget\.trials: must be greater than"),
        ({"study": "../out"}, "a study's name must be"),
        ({"space": {"stages": []}}, "space"),
        ({"data": "npz:nowhere.npz"}, "nowhere"),
    ):
        document = yaml.safe_load(written("x")) | changes
        with pytest.raises(InputError, match=told):
            launcher.start(yaml.safe_dump(document))
    assert launcher.launched() == []
    for name in ("../../etc", ".launched", "a/b"):
        with pytest.raises(InputError):
            launcher.log(name)
        with pytest.raises(InputError):
            launcher.stop(name)
    assert not list(tmp_path.rglob("process.json"))


def test_a_number_that_returned_is_not_taken_for_the_process(tmp_path: Path) -> None:
    """Numbers of processes are used again: the time at which one began tells them apart."""
    began = processes._began(os.getpid())
    assert began is not None
    assert processes.Process(os.getpid(), began, "2026-01-01T00:00:00+00:00").alive
    other = processes.Process(os.getpid(), began - 1, "2026-01-01T00:00:00+00:00")
    assert not other.alive
    other.stop()
    (tmp_path / "process.json").write_text("{broken")
    assert processes.find(tmp_path) is None


def test_the_census_and_the_examples_are_those_of_the_command(store: Store) -> None:
    launcher = ProcessLauncher(store)
    assert "networks" in launcher.census(written())
    for name, job in launcher.examples().items():
        if name.endswith("digits"):
            launcher.check(yaml.safe_dump(dict(job)))
    assert {"digits", "micro space"} <= launcher.examples().keys()
