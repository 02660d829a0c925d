"""Whole studies in this process: what is stored, what an interrupt keeps, what a resume adds."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from results import Study, TrialStart, open_store
from results.errors import StudyHeldError
from results.leases import hold, release
from search.repeating import repeat_trial
from search.session import resume, run
from tests.search.jobs import small_job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from results import Store, StudyRecord, TrialRecord
    from search.standing import Standing

VOLATILE = ["seconds", "started", "ended", "attempt"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


def numbers(store: Store, name: str) -> list[dict[str, Any]]:
    """All that a study measured, times apart."""
    study = Study(store, name)
    trials = study.trials().drop(columns=VOLATILE)
    epochs = study.epochs().drop(columns=["seconds", "images_per_second"])
    told = (frame.astype(object).where(frame.notna(), None) for frame in (trials, epochs))
    return [row for frame in told for row in frame.to_dict("records")]


def start_of(trial: TrialRecord) -> TrialStart:
    """What a trial was started with."""
    return TrialStart(**{field.name: getattr(trial, field.name) for field in fields(TrialStart)})


class InterruptAtEpoch:
    """Ends a study as Ctrl-C does, when its n-th epoch has been reported."""

    def __init__(self, epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
        from search.desk import Desk

        self.left = epoch
        report = Desk.report

        def counted(desk: Desk, *told: Any) -> bool:
            self.left -= 1
            if self.left == 0:
                desk.interrupt()
            return report(desk, *told)

        monkeypatch.setattr(Desk, "report", counted)


def test_a_study_keeps_all_that_it_measured(store: Store) -> None:
    record = run(small_job(), store, name="small")
    study = Study(store, "small")
    trials, epochs = study.trials(), study.epochs()
    assert record.state == "finished"
    assert list(trials["state"]) == ["finished"] * 4
    assert list(trials["reason"]) == ["trained all 2 epochs"] * 4
    assert trials["fingerprint"].is_unique
    assert (trials["params"] <= 1_500).all()
    assert len(epochs) == 8
    last = epochs[epochs["epoch"] == 2].set_index("number")["accuracy"]
    assert (trials.set_index("number")["accuracy"] == last).all()
    assert store.environments(record.id)[0].environment["versions"]["torch"]
    weights = sorted(path.name for path in (store.folder("small") / "weights").iterdir())
    assert weights == [f"{number}.safetensors" for number in range(4)]


@pytest.mark.parametrize("epoch", [1, 2, 5])
def test_interrupted_and_resumed_equals_never_stopped(
    store: Store, epoch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(small_job(), store, name="whole")
    with monkeypatch.context() as patch:
        InterruptAtEpoch(epoch, patch)
        stopped = run(small_job(), store, name="stopped")
    assert stopped.state == "interrupted"
    ended = Study(store, "stopped").trials().query("state == 'finished'")
    assert len(ended) == epoch // 2
    assert resume("stopped", store).state == "finished"
    assert numbers(store, "stopped") == numbers(store, "whole")
    attempts = Study(store, "stopped").trials()["attempt"]
    assert (attempts[: len(ended)] == 1).all()


def test_a_finished_study_stays_as_it_is_when_resumed(store: Store) -> None:
    run(small_job(), store, name="small")
    before = numbers(store, "small")
    assert resume("small", store).state == "finished"
    assert numbers(store, "small") == before


def test_a_second_driver_is_refused_and_told_who_holds_the_study(store: Store) -> None:
    study = run(small_job(), store, name="small")
    before = numbers(store, "small")
    hold(store, study.id, "elsewhere process 7", seconds=60)
    with pytest.raises(StudyHeldError, match="elsewhere process 7, since"):
        resume("small", store)
    assert numbers(store, "small") == before
    release(store, study.id, "elsewhere process 7")
    assert resume("small", store).state == "finished"


def test_a_driver_that_loses_its_study_stops(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a long sleep of the machine, during which another driver took over."""
    monkeypatch.setattr("search.lease.LEASE_SECONDS", 0.4)

    def robbed(_study: StudyRecord, _standing: Standing) -> AbstractContextManager[None]:
        id_ = store.study("long").id
        hold(store, id_, "elsewhere process 7", seconds=60, gone=lambda _: True)
        return nullcontext()

    job = small_job(budget={"trials": 1_000})
    assert run(job, store, name="long", watch=robbed).state == "interrupted"
    assert len(Study(store, "long").trials()) < 1_000


def test_a_repeated_trial_comes_out_the_same_and_a_changed_record_does_not(store: Store) -> None:
    study = run(small_job(), store, name="small")
    assert repeat_trial(store, "small", 2).equal
    trial = store.trial(study.id, 2)
    (_, last) = store.epochs(trial.id)
    copied = store.start_trial(study.id, replace(start_of(trial), number=4))
    for epoch in (store.epochs(trial.id)[0], replace(last, loss=last.loss + 1e-9)):
        store.record_epoch(copied, epoch)
    store.end_trial(copied, "finished", "copied")
    repeated = repeat_trial(store, "small", 4)
    assert not repeated.equal
    assert repeated.difference is not None
    assert (repeated.difference.epoch, repeated.difference.measure) == (2, "loss")


def test_a_failing_training_ends_its_trial_and_not_the_study(store: Store) -> None:
    recipe = {"epochs": 2, "optimizer": "sgd", "learning_rate": 1e30}
    record = run(small_job(recipe=recipe), store, name="hot")
    trials = Study(store, "hot").trials()
    assert record.state == "finished"
    assert set(trials["state"]) == {"failed"}
    assert trials["reason"].str.contains("loss of epoch 1").all()
    assert Study(store, "hot").front().empty


def test_a_search_never_reads_the_test_images(store: Store, tmp_path: Path) -> None:
    """Noise in place of the sealed part leaves every number of a study as it was."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 30)
    images = rng.integers(0, 256, (120, 8, 8), dtype=np.uint8) // 2 + labels[:, None, None] * 20
    noise = rng.integers(0, 256, (40, 8, 8), dtype=np.uint8)
    for name, x_test in (("real", images[:40]), ("noise", noise)):
        path = tmp_path / f"{name}.npz"
        parts = {"x_train": images.astype(np.uint8), "y_train": labels}
        np.savez(path, **parts, x_test=x_test.astype(np.uint8), y_test=labels[:40])
        run(small_job(data=f"npz:{path}"), store, name=name)
    assert store.study("real").data["hash"] != store.study("noise").data["hash"]
    assert numbers(store, "real") == numbers(store, "noise")


def test_a_space_with_few_networks_ends_the_study_early(store: Store) -> None:
    stage = {"repeat": [1], "op": ["conv"], "filters": [2, 4], "kernel": [3], "pool": ["max"]}
    head = {"pool": ["global_avg"], "hidden": [[]], "dropout": [0.0]}
    record = run(small_job(space={"stages": [stage], "head": head}), store, name="tiny")
    assert record.state == "finished"
    assert len(Study(store, "tiny").trials()) == 2


def test_time_ends_a_study_before_its_trials_do(store: Store) -> None:
    job = small_job(budget={"trials": 10_000, "minutes": 0.03})
    assert run(job, store, name="short").state == "finished"
    assert 0 < len(Study(store, "short").trials()) < 10_000


def test_the_watcher_sees_the_front_that_the_store_holds(store: Store) -> None:
    seen: list[Standing] = []

    @contextmanager
    def watch(_study: StudyRecord, standing: Standing) -> Iterator[None]:
        seen.append(standing)
        yield

    run(small_job(), store, name="small", watch=watch)
    (standing,) = seen
    front = Study(store, "small").front()
    assert [ended.number for ended in standing.front] == list(front["number"])
    assert [ended.size for ended in standing.front] == list(front["params"])
    assert standing.best is not None
    assert standing.best.accuracy == front["accuracy"].max()
    assert not standing.running
    assert standing.seconds_left == 0
