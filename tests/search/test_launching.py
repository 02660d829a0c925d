"""Searches as processes of their own: real ones, found again, stopped, gone on with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import yaml

from results import open_store
from search.launching import ProcessLauncher, processes
from space.errors import InputError
from tests.search.jobs import small_job
from tests.search.steering import steer

if TYPE_CHECKING:
    from pathlib import Path

    from results import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


def written(study: str | None = None, trials: int = 2) -> str:
    job = small_job(study=study, budget={"trials": trials}).model_dump(mode="json")
    return yaml.safe_dump(job)


@pytest.mark.slow
def test_a_search_is_stopped_and_gone_on_with_by_another_dashboard(store: Store) -> None:
    other = open_store(store.url)
    job = written("away", trials=400)
    steer(ProcessLauncher(store), ProcessLauncher(other), store, job)
    other.close()


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
