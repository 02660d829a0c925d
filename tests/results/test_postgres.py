"""Stores in a PostgreSQL server: the kit, and what only a server can do wrong."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from results import Store, open_store
from results.errors import StoreError, StudyHeldError
from results.leases import hold
from results.schema import VERSION

from .samples import new_study, report, start
from .store_kit import StoreKit
from .upgrade_kit import UpgradeKit

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def empty(postgres: str) -> str:
    return postgres


@pytest.fixture
def store(empty: str) -> Iterator[Store]:
    opened = open_store(empty)
    yield opened
    opened.close()


class TestPostgres(StoreKit, UpgradeKit):
    """The kit on one PostgreSQL database."""


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_an_address_needs_no_driver_and_a_folder_may_be_named(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(empty)
    assert store.url.startswith("postgresql+psycopg://")
    new_study(store)
    monkeypatch.setenv("SIZEWISE_RUNS", "/shared/runs")
    assert str(store.folder("digits")) == "/shared/runs/digits"
    short = Store(empty.replace("postgresql://", "postgres://"))
    assert [study.name for study in short.studies()] == ["digits"]
    for each in (store, short):
        each.close()


def test_a_second_driver_is_refused_by_one_row(store: Store) -> None:
    """Many that ask at once for a lease that ran out: one gets it, and the others are told who."""
    study = new_study(store).id
    rivals = 8
    for seconds in (-1.0, 60.0):
        hold(store, study, "the one before", seconds=-1.0)
        together = threading.Barrier(rivals)

        def take(
            number: int, seconds: float = seconds, together: threading.Barrier = together
        ) -> str:
            mine = Store(store.url)
            mine.connect()
            together.wait()
            try:
                hold(mine, study, f"rival {number}", seconds=seconds)
            except StudyHeldError as refused:
                return str(refused.value)
            finally:
                mine.close()
            return "taken"

        with ThreadPoolExecutor(rivals) as pool:
            told = list(pool.map(take, range(rivals)))
        taken = told.count("taken")
        assert taken == (1 if seconds > 0 else rivals)
        assert all(word.startswith("rival ") for word in told if word != "taken")


def test_a_connection_that_broke_while_idle_is_opened_again(store: Store, empty: str) -> None:
    study = new_study(store)
    trial_id = store.start_trial(study.id, start(0))
    for epoch in range(1, 4):
        run(
            empty,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        store.record_epoch(trial_id, report(epoch))
    assert [epoch.epoch for epoch in store.epochs(trial_id)] == [1, 2, 3]


def test_a_newer_or_foreign_database_is_refused_and_left_alone(empty: str) -> None:
    run(empty, "CREATE TABLE customers (name TEXT)")
    with pytest.raises(StoreError, match="customers"):
        open_store(empty)
    run(empty, "DROP TABLE customers")
    open_store(empty).close()
    run(empty, f"UPDATE schema_version SET version = {VERSION + 1}")
    with pytest.raises(StoreError, match="newer sizewise"):
        open_store(empty)


def test_a_password_is_never_shown(empty: str) -> None:
    url = make_url(empty)
    secret = str(url.password)
    for wrong in (url.set(password="wrong-password"), url.set(database="nowhere")):
        with pytest.raises(StoreError, match="the store must be reachable") as caught:
            open_store(wrong.render_as_string(hide_password=False))
        told = str(caught.value)
        assert "\n" not in told
        assert secret not in told
        assert "wrong-password" not in told
