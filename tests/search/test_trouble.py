"""Stores that are out of reach, disks without room, and checkpoints that do not fit."""

from __future__ import annotations

import errno
import sqlite3
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from results import Study, open_store, weights_path
from results.connection import _set_up
from results.store.soundness import unsound
from search import patience
from search.desk import Desk
from search.repeating import repeat_trial
from search.runners.runner import hand_over
from search.runners.work import Failed, Work
from search.session import resume, run
from search.trouble import Trouble
from tests.search.jobs import small_job
from tests.search.test_shares import TRIAL
from trainers import Recipe, load_data, split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from results import Store
    from search.assignment import Assignment
    from trainers import Split

LONG = {"epochs": 6, "batch_size": 128}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def digits() -> Split:
    return split(load_data("digits"), seed=0)


class AtEpoch:
    """Does something once, before the n-th report of a study is taken."""

    def __init__(self, epoch: int, monkeypatch: pytest.MonkeyPatch, action: Any) -> None:
        left, report = epoch, Desk.report

        def counted(desk: Desk, *told: Any) -> bool:
            nonlocal left
            left -= 1
            if left == 0:
                action(desk)
            return report(desk, *told)

        monkeypatch.setattr(Desk, "report", counted)


def curves(store: Store, name: str) -> list[dict[str, Any]]:
    wanted = ["number", "epoch", "loss", "train_loss", "accuracy"]
    return Study(store, name).epochs()[wanted].to_dict("records")


def test_a_locked_store_is_waited_for(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("results.connection._BUSY_SECONDS", 0.05)
    other = sqlite3.connect(
        tmp_path / "runs/sizewise.db", isolation_level=None, check_same_thread=False
    )

    def lock(_desk: Desk) -> None:
        other.execute("BEGIN EXCLUSIVE")
        threading.Timer(1.0, other.execute, ["ROLLBACK"]).start()

    store.close()
    with monkeypatch.context() as patch:
        AtEpoch(3, patch, lock)
        assert run(small_job(), store, name="small").state == "finished"
    other.close()
    assert len(curves(store, "small")) == 8


@pytest.mark.parametrize("trouble", ["gone", "locked", "full"])
def test_a_store_that_stays_away_stops_the_study_and_nothing_is_lost(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr("results.connection._BUSY_SECONDS", 0.05)
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 0.5)
    path = tmp_path / "runs/sizewise.db"
    other = sqlite3.connect(path, isolation_level=None)

    def take_away(desk: Desk) -> None:
        if trouble == "gone":
            path.rename(tmp_path / "away.db")
        elif trouble == "locked":
            other.execute("BEGIN EXCLUSIVE")
        else:
            patch.setattr("results.connection._set_up", full)
            desk._store.close()

    def full(connection: sqlite3.Connection, record: object) -> None:
        set_up(connection, record)
        # Not one page more than there are; SQLite tells a full disk in the same words.
        connection.execute("PRAGMA max_page_count = 1")

    store.close()
    set_up = _set_up
    with monkeypatch.context() as patch:
        AtEpoch(1 if trouble == "full" else 5, patch, take_away)
        with pytest.raises(Trouble, match="resume small") as stopped:
            run(small_job(), store, name="small")
    told = {
        "gone": "the store's file is gone",
        "locked": "database is locked",
        "full": "database or disk is full",
    }
    assert told[trouble] in str(stopped.value)
    assert str(path) in str(stopped.value)
    if trouble == "gone":
        (tmp_path / "away.db").rename(path)
    other.close()
    store.close()
    assert unsound(store.url) == []
    kept = curves(store, "small")
    assert len(kept) == 4 or trouble == "full"
    assert resume("small", store).state == "finished"
    run(small_job(), store, name="whole")
    assert curves(store, "small") == curves(store, "whole")
    assert curves(store, "small")[: len(kept)] == kept


def test_a_disk_without_room_stops_the_study_and_not_trial_after_trial(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **_more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("search.runners.work.save_weights", full)
        with pytest.raises(Trouble, match=r"Trial 0 could not save its network: .*No space left"):
            run(small_job(), store, name="small")
    study = store.study("small")
    assert study.state == "interrupted"
    assert "No space left" in str(study.reason)
    assert Study(store, "small").trials()["state"].tolist() == ["running"]
    assert resume("small", store).state == "finished"
    run(small_job(), store, name="whole")
    assert curves(store, "small") == curves(store, "whole")


@pytest.mark.parametrize("epoch", [2, 6, 8])
def test_an_interrupted_trial_goes_on_where_it_stopped(
    store: Store, epoch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = small_job(recipe=LONG, budget={"trials": 2})
    run(job, store, name="whole")
    with monkeypatch.context() as patch:
        AtEpoch(epoch, patch, Desk.interrupt)
        assert run(job, store, name="stopped").reason == "it was interrupted"
    before = Study(store, "stopped").epochs()
    kept = store.folder("stopped") / "checkpoints"
    assert kept.exists() == (epoch % LONG["epochs"] != 0)
    assert resume("stopped", store).state == "finished"
    assert not kept.exists()
    after = Study(store, "stopped").epochs().merge(before, on=["number", "epoch"])
    assert len(after) == epoch
    assert (after["seconds_x"] == after["seconds_y"]).all(), "an epoch was trained twice"
    assert curves(store, "stopped") == curves(store, "whole")
    for number in range(2):
        one, other = (weights_path(store, name, number) for name in ("whole", "stopped"))
        assert one.read_bytes() == other.read_bytes()
        assert repeat_trial(store, "stopped", number).equal


def assignment(folder: Path, **changes: Any) -> Assignment:
    return replace(
        TRIAL,
        recipe=Recipe(epochs=4, batch_size=256),
        weights=str(folder / "weights.safetensors"),
        checkpoint=str(folder / "checkpoint.safetensors"),
        checkpoint_seconds=0,
        **changes,
    )


def first_epoch(told: Assignment, digits: Split) -> int:
    report = Work(told, digits).step()
    assert not isinstance(report, Failed)
    return report.epoch


def test_a_checkpoint_never_runs_ahead_of_what_was_reported(tmp_path: Path, digits: Split) -> None:
    work = Work(assignment(tmp_path), digits)
    path = tmp_path / "checkpoint.safetensors"
    assert not isinstance(work.step(), Failed)
    assert not path.exists(), "the first epoch may not be in the store yet"
    assert not isinstance(work.step(), Failed)
    # Of the first epoch: the second may not be in the store yet.
    assert first_epoch(assignment(tmp_path, epochs_known=2), digits) == 2
    work.keep()
    assert first_epoch(assignment(tmp_path, epochs_known=2), digits) == 3
    # A store that knows less than the checkpoint must not get a gap: the trial begins anew.
    assert first_epoch(assignment(tmp_path, epochs_known=1), digits) == 1


def test_short_trials_write_no_checkpoint(tmp_path: Path, digits: Split) -> None:
    work = Work(replace(assignment(tmp_path), checkpoint_seconds=30), digits)
    for _ in range(4):
        assert not isinstance(work.step(), Failed)
    assert [path.name for path in tmp_path.iterdir()] == ["weights.safetensors"]


@pytest.mark.parametrize("content", [b"", b"not a checkpoint"])
def test_a_broken_checkpoint_costs_a_fresh_start(
    tmp_path: Path, digits: Split, content: bytes
) -> None:
    (tmp_path / "checkpoint.safetensors").write_bytes(content)
    assert first_epoch(assignment(tmp_path, epochs_known=3), digits) == 1


def test_a_checkpoint_of_another_seed_costs_a_fresh_start(tmp_path: Path, digits: Split) -> None:
    work = Work(assignment(tmp_path, seed=1), digits)
    work.step()
    work.keep()
    assert first_epoch(assignment(tmp_path, seed=2, epochs_known=3), digits) == 1


def test_a_trial_whose_workers_die_is_tried_again_and_then_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a runner that loses every worker of trial 1, and the first one of trial 2."""

    class Losing:
        def run(self, desk: Desk, parts: Split) -> None:
            while (told := desk.next()) is not None:
                work = Work(told, parts)
                report = work.step()
                assert not isinstance(report, Failed)
                desk.report(told.number, report)
                if told.number == 1 or (told.number, told.epochs_known) == (2, 0):
                    desk.lose(told.number, "it was killed")
                    continue
                while hand_over(desk, told.number, work.step()):
                    pass

    monkeypatch.setattr("search.session.choose_runner", lambda _settings: Losing())
    record = run(small_job(run={"runner": "inline", "retries": 2}), store, name="small")
    trials = {trial.number: trial for trial in store.trials(record.id)}
    assert record.state == "finished"
    assert [trials[n].state for n in range(4)] == ["finished", "failed", "finished", "finished"]
    told = "its worker was lost 3 times, the last time because it was killed"
    assert trials[1].reason == told
    assert trials[1].restarts == "; ".join(["its worker was lost because it was killed"] * 2)
    assert [trials[n].attempt for n in range(4)] == [1, 3, 2, 1]
    assert not (store.folder("small") / "checkpoints").exists()
