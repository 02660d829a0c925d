"""What every store must do, whatever database it stands on.

A new one is two fixtures: `empty`, the URL of a database that holds nothing, and `store` on it.
"""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from results import EpochRecord, Store, Study, open_store
from results.errors import StoreError, StudyExistsError, UnknownStudyError
from results.names import check_name
from results.schema import EPOCHS
from space.errors import InputError

from .samples import new_study, report, small_network, start

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
PATIENCE = 200


def child(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.results.writer", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


class StoreKit:
    def test_gives_a_study_back_as_it_was_given(self, store: Store) -> None:
        job = {"trials": 10, "limits": {"params": 20000}, "words": ["ä", None, 1.5, True]}
        made = store.create_study(
            "digits", job, data={"hash": "ab"}, space={"head": {}}, seed=2**40, size="macs"
        )
        assert store.study("digits") == made
        assert (made.job, made.data, made.space) == (job, {"hash": "ab"}, {"head": {}})
        assert (made.name, made.state, made.seed, made.size) == ("digits", "running", 2**40, "macs")
        assert LONG_AGO < made.created == made.changed
        assert store.studies() == [made]

    def test_gives_a_trial_back_as_it_was_given(self, store: Store) -> None:
        study = new_study(store)
        given = start(4, params=2**40, seed=2**50)
        trial_id = store.start_trial(study.id, given)
        trial = store.trial(study.id, 4)
        for name in given.__dataclass_fields__:
            wanted = tuple(given.point) if name == "point" else getattr(given, name)
            assert getattr(trial, name) == wanted, name
        assert (trial.id, trial.state, trial.attempt) == (trial_id, "running", 1)
        assert (trial.accuracy, trial.loss, trial.epochs) == (None, None, 0)
        assert (trial.reason, trial.ended) == (None, None)
        assert "conv 8@3x3" in trial.outline
        assert store.trials(study.id) == [trial]

    def test_a_trial_follows_its_last_epoch(self, store: Store) -> None:
        study = new_study(store)
        trial_id = store.start_trial(study.id, start(0))
        for epoch in (2, 1, 3):
            store.record_epoch(trial_id, report(epoch, epoch / 10))
        live = store.trial(study.id, 0)
        assert (live.accuracy, live.loss, live.epochs) == (0.3, 2 / 3, 3)
        store.end_trial(trial_id, "stopped", "under the front at rung 3")
        ended = store.trial(study.id, 0)
        assert (ended.accuracy, ended.loss, ended.epochs) == (0.3, 2 / 3, 3)
        assert (ended.state, ended.reason) == ("stopped", "under the front at rung 3")
        assert ended.ended is not None
        assert ended.started <= ended.ended

    def test_an_epoch_reported_twice_replaces_itself_and_what_followed(self, store: Store) -> None:
        trial_id = store.start_trial(new_study(store).id, start(0))
        for epoch in (1, 2, 3):
            store.record_epoch(trial_id, report(epoch, epoch / 10))
        again = EpochRecord(**report(2, 0.15, loss=9.0))
        store.record_epoch(trial_id, again)
        assert store.epochs(trial_id) == [EpochRecord(**report(1, 0.1)), again]

    def test_an_epoch_may_end_its_trial(self, store: Store) -> None:
        study = new_study(store)
        for number in range(2):
            trial_id = store.start_trial(study.id, start(number))
            store.record_epoch(trial_id, report(1, 0.1))
            end = ("finished", "trained all 2 epochs")
            store.record_epoch(trial_id, report(2, 0.2), end=end if number else None)
            if not number:
                store.end_trial(trial_id, *end)
        one, other = (store.trial(study.id, number) for number in range(2))
        same = ("state", "reason", "accuracy", "loss", "epochs")
        assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
        assert (other.state, other.accuracy, other.epochs) == ("finished", 0.2, 2)
        with pytest.raises(StoreError):
            store.record_epoch(trial_id, report(3))
        running = store.start_trial(study.id, start(2))
        with pytest.raises(StoreError, match="reason"):
            store.record_epoch(running, report(1), end=("finished", " "))
        assert store.epochs(running) == []

    def test_a_stopped_trial_says_where_it_was_expected_to_end(self, store: Store) -> None:
        study = new_study(store)
        for number, spread in enumerate((0.02, math.nan)):
            trial_id = store.start_trial(study.id, start(number))
            end = ("stopped", "needs 0.8 at its size")
            store.record_epoch(trial_id, report(1, 0.1), end=end, expected=(0.75, spread))
        first, second = store.trials(study.id)
        assert (first.expected, first.expected_spread) == (0.75, 0.02)
        assert (second.expected, second.expected_spread) == (0.75, None)
        assert Study(store, "digits").trials()["expected"].tolist() == [0.75, 0.75]

    def test_latency_is_known_at_the_start_or_measured_later(self, store: Store) -> None:
        study = new_study(store, size="latency_ms")
        store.start_trial(study.id, start(0, latency_ms=1.5))
        measured = store.start_trial(study.id, start(1))
        store.record_latency(measured, 0.25)
        store.start_trial(study.id, start(2))
        assert [trial.latency_ms for trial in store.trials(study.id)] == [1.5, 0.25, None]
        with pytest.raises(StoreError, match="must exist"):
            store.record_latency(measured + 7, 1.0)

    def test_finals_are_counted_once_for_a_seed(self, store: Store) -> None:
        study = new_study(store)
        trial_id = store.start_trial(study.id, start(3))
        lost = store.start_final(trial_id, "validation", 2**40)
        again = store.start_final(trial_id, "validation", 2**40)
        store.end_final(again, "failed", "out of memory", accuracy=math.nan)
        third = store.start_final(trial_id, "validation", 2**40)
        numbers = {"epochs": 3, "accuracy": 0.75, "loss": 0.5, "seconds": 2.0}
        store.end_final(third, "finished", "trained all 3 epochs", **numbers)
        store.start_final(trial_id, "test", 2**40)
        finished, running = store.finals(study.id)
        assert (finished.number, finished.trial_id, finished.id) == (3, trial_id, third)
        assert (finished.stage, finished.seed, finished.state) == ("validation", 2**40, "finished")
        assert {name: getattr(finished, name) for name in numbers} == numbers
        assert finished.ended is not None
        assert (running.stage, running.state, running.accuracy) == ("test", "running", None)
        frame = Study(store, "digits").finals()
        assert frame["accuracy"].tolist()[:1] == [0.75]
        for attempt in (
            lambda: store.start_final(trial_id, "validation", 2**40),
            lambda: store.start_final(trial_id + 1, "validation", 1),
            lambda: store.start_final(trial_id, "training", 1),
            lambda: store.end_final(lost, "finished", "lost"),
            lambda: store.end_final(third, "failed", "ended before"),
            lambda: store.end_final(running.id, "running", "no end"),
            lambda: store.end_final(running.id, "finished", " "),
        ):
            with pytest.raises(StoreError):
                attempt()
        assert store.finals(study.id) == [finished, running]

    def test_numbers_that_are_none_survive(self, store: Store) -> None:
        study = new_study(store)
        trial_id = store.start_trial(study.id, start(0))
        store.record_epoch(trial_id, report(1, loss=math.nan, train_loss=math.inf))
        (epoch,) = store.epochs(trial_id)
        assert math.isnan(epoch.loss)
        assert epoch.train_loss == math.inf
        store.end_trial(trial_id, "failed", "nan: the loss is not a number")
        assert store.trial(study.id, 0).loss is None

    def test_a_restart_forgets_the_lost_attempt(self, store: Store) -> None:
        study = new_study(store)
        trial_id = store.start_trial(study.id, start(0))
        first = store.trial(study.id, 0)
        store.record_epoch(trial_id, report(1, 0.9))
        store.end_trial(trial_id, "failed", "error: the worker was lost")
        store.restart_trial(trial_id)
        again = store.trial(study.id, 0)
        assert (again.state, again.attempt, again.reason, again.ended) == ("running", 2, None, None)
        assert (again.accuracy, again.epochs, store.epochs(trial_id)) == (None, 0, [])
        assert again.started > first.started
        store.restart_trial(trial_id)
        assert store.trial(study.id, 0).attempt == 3

    def test_a_restart_keeps_epochs_up_to_a_checkpoint_and_says_why(self, store: Store) -> None:
        study = new_study(store)
        trial_id = store.start_trial(study.id, start(0))
        for epoch in (1, 2, 3):
            store.record_epoch(trial_id, report(epoch, epoch / 10))
        store.restart_trial(trial_id, keep=2, reason="its worker was killed")
        again = store.trial(study.id, 0)
        assert (again.attempt, again.epochs, again.accuracy) == (2, 2, 0.2)
        assert again.restarts == "its worker was killed"
        store.restart_trial(trial_id, keep=2)
        store.restart_trial(trial_id, keep=1, reason="its node was lost")
        again = store.trial(study.id, 0)
        assert (again.attempt, again.epochs) == (4, 1)
        assert again.restarts == "its worker was killed; its node was lost"

    def test_an_ended_trial_stays_as_it_is(self, store: Store) -> None:
        study = new_study(store)
        trial_id = store.start_trial(study.id, start(0))
        store.record_epoch(trial_id, report(1, 0.9))
        store.end_trial(trial_id, "finished", "trained for all epochs")
        before = store.trial(study.id, 0), store.epochs(trial_id)
        for attempt in (
            lambda: store.record_epoch(trial_id, report(2)),
            lambda: store.end_trial(trial_id, "failed", "again"),
            lambda: store.restart_trial(trial_id),
        ):
            with pytest.raises(StoreError):
                attempt()
        assert (store.trial(study.id, 0), store.epochs(trial_id)) == before

    def test_refuses_what_makes_no_sense_and_changes_nothing(self, store: Store) -> None:
        study = new_study(store)
        trial_id = store.start_trial(study.id, start(0))
        refused = [
            lambda: store.start_trial(study.id, start(0)),
            lambda: store.start_trial(study.id + 1, start(1)),
            lambda: store.record_environment(study.id + 1, {}),
            lambda: store.set_study_state(study.id, "sleeping"),
            lambda: store.set_study_state(study.id + 1, "finished"),
            lambda: store.end_trial(trial_id, "finished", "  "),
            lambda: store.end_trial(trial_id, "running", "no end"),
            lambda: store.end_trial(trial_id + 1, "finished", "unknown"),
            lambda: store.record_epoch(trial_id, {"epoch": 1}),
            lambda: store.record_epoch(trial_id, report(1) | {"flops": 3}),
            lambda: store.record_epoch(trial_id + 1, report(1)),
            lambda: store.trial(study.id, 1),
        ]
        for attempt in refused:
            with pytest.raises(StoreError):
                attempt()
        with pytest.raises(InputError, match="layers"):
            store.start_trial(study.id, replace(start(1), architecture={"format": 1}))
        assert [trial.number for trial in store.trials(study.id)] == [0]
        assert store.epochs(trial_id) == []
        assert store.environments(study.id) == []
        assert store.study("digits") == study

    def test_names(self, store: Store) -> None:
        assert store.next_name("digits") == "digits"
        new_study(store)
        new_study(store, "digits-2")
        assert store.next_name("digits") == "digits-3"
        assert store.folder("digits").name == "digits"
        with pytest.raises(StudyExistsError, match="digits-3"):
            new_study(store)
        with pytest.raises(UnknownStudyError, match="Did you mean 'digits-2'"):
            store.study("digit-2")
        for name in ("..", ".", ".a", "a/b", "a\\b", "", "-v", "a b", "é", "a\n", "x" * 101):
            for refuses in (
                check_name,
                store.folder,
                store.next_name,
                lambda n: new_study(store, n),
            ):
                with pytest.raises(InputError):
                    refuses(name)
        with pytest.raises(InputError, match="Did you mean 'params'"):
            new_study(store, "other", size="param")
        assert [study.name for study in store.studies()] == ["digits", "digits-2"]

    def test_states_and_environments_of_a_study(self, store: Store) -> None:
        study = new_study(store)
        for start_number in range(2):
            store.record_environment(study.id, {"torch": "2.13", "start": start_number})
        store.see(study.id)
        store.set_study_state(study.id, "interrupted", "the disk is full")
        changed = store.study("digits")
        assert (changed.state, changed.created) == ("interrupted", study.created)
        assert (study.reason, changed.reason) == (None, "the disk is full")
        assert changed.changed > study.changed
        recorded = store.environments(study.id)
        assert [each.environment["start"] for each in recorded] == [0, 1]
        assert LONG_AGO < recorded[0].recorded == recorded[0].seen <= recorded[1].recorded
        assert recorded[1].recorded < recorded[1].seen

    def test_studies_do_not_mix(self, store: Store) -> None:
        for name, filters in (("a", 4), ("b", 16)):
            study = new_study(store, name)
            trial_id = store.start_trial(study.id, start(0, small_network(filters)))
            store.record_epoch(trial_id, report(1, filters / 100))
            store.end_trial(trial_id, "finished", "trained for all epochs")
        assert Study(store, "a").trials()["accuracy"].tolist() == [0.04]
        assert Study(store, "b").epochs()["accuracy"].tolist() == [0.16]

    def test_pickles_as_an_address(self, store: Store) -> None:
        study = new_study(store)
        copy = pickle.loads(pickle.dumps(store))
        copy.start_trial(study.id, start(0))
        assert [trial.number for trial in store.trials(study.id)] == [0]
        copy.close()

    def test_threads_share_a_store(self, store: Store) -> None:
        study = new_study(store)
        ids = [store.start_trial(study.id, start(number)) for number in range(4)]

        def write(trial_id: int) -> None:
            for epoch in range(1, 21):
                store.record_epoch(trial_id, report(epoch))
                store.trials(study.id)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, ids))
        assert [len(store.epochs(trial_id)) for trial_id in ids] == [20] * 4

    def test_readers_see_whole_trials_while_a_process_writes(self, store: Store) -> None:
        study = new_study(store)
        with ExitStack() as stack:
            wanted = ("fill", "watch", "watch")
            processes = [stack.enter_context(child(what, store.url, 60)) for what in wanted]
            assert [process.wait(timeout=PATIENCE) for process in processes] == [0, 0, 0]
        assert len(store.trials(study.id)) == 60

    def test_a_reader_never_blocks_a_writer(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Though it looks for long, and sees the store at one moment."""
        study = new_study(store)
        trial_id = store.start_trial(study.id, start(0))
        monkeypatch.setattr("results.connection._BUSY_SECONDS", 0.01)
        store.close()
        count = select(func.count()).select_from(EPOCHS)
        reading = store.connect()
        if reading.dialect.name == "postgresql":
            reading = reading.execution_options(isolation_level="REPEATABLE READ")
        with reading.begin() as reader:
            assert reader.execute(count).scalar() == 0
            for epoch in range(1, 6):
                store.record_epoch(trial_id, report(epoch))
            store.end_trial(trial_id, "finished", "trained all 5 epochs")
            assert reader.execute(count).scalar() == 0
        assert store.read(count)[0][0] == 5

    def test_processes_that_create_a_store_at_once_share_it(self, empty: str) -> None:
        openers = [child("open", empty) for _ in range(4)]
        for opener in openers:
            with opener:
                assert opener.wait(timeout=PATIENCE) == 0
        store = open_store(empty)
        assert len(store.studies()) == 4
        store.close()

    def test_a_reason_may_hold_any_characters(self, store: Store) -> None:
        study = new_study(store)
        trial_id = store.start_trial(study.id, start(0))
        store.end_trial(trial_id, "failed", "a\0b \udcff ä 🙂\n'\";--")
        assert store.trial(study.id, 0).reason == "a\ufffdb ? ä 🙂\n'\";--"
