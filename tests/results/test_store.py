from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from results import Store, open_store, weights_path
from results.errors import StoreError, StudyExistsError
from results.schema import VERSION
from results.store.backup import backup
from results.store.migrations import MIGRATIONS
from results.store.soundness import unsound
from results.store.upgrade import upgrade
from space.errors import InputError

from .samples import new_study, report, start
from .store_kit import StoreKit, child
from .stores.make import HERE, fill, told
from .upgrade_kit import UpgradeKit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations import Operations


@pytest.fixture
def empty(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runs/sizewise.db"


@pytest.fixture
def store(empty: str) -> Iterator[Store]:
    opened = open_store(empty)
    yield opened
    opened.close()


class TestSqlite(StoreKit, UpgradeKit):
    """The kit on one SQLite file."""


def database(store: Store) -> Path:
    return Path(store.url.removeprefix("sqlite:///"))


def test_the_default_store_lies_in_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIZEWISE_STORE", raising=False)
    store = open_store()
    new_study(store)
    assert database(store) == tmp_path / "runs" / "sizewise.db"
    assert database(store).is_file()
    expected = tmp_path / "runs" / "digits" / "weights" / "12.safetensors"
    assert weights_path(store, "digits", 12) == expected
    monkeypatch.setenv("SIZEWISE_STORE", "sqlite:///elsewhere/here.db")
    other = open_store()
    monkeypatch.chdir("/")
    assert other.studies() == []
    assert other.folder("digits") == tmp_path / "elsewhere" / "digits"
    store.close()
    other.close()


def test_a_study_cannot_lie_where_a_file_lies(store: Store) -> None:
    with pytest.raises(InputError, match="must not be a file"):
        new_study(store, "sizewise.db")


@pytest.mark.parametrize("version", [VERSION + 1, VERSION + 100])
def test_a_newer_store_is_refused_and_left_alone(store: Store, version: int) -> None:
    store.close()
    with closing(sqlite3.connect(database(store))) as connection:
        connection.execute("UPDATE schema_version SET version = ?", [version])
        connection.commit()
    with pytest.raises(StoreError, match=f"schema {version}.*newer sizewise"):
        open_store(store.url)


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_store_of_an_earlier_version_is_upgraded_read_and_written(
    version: int, tmp_path: Path
) -> None:
    path = tmp_path / "old.db"
    shutil.copy(HERE / f"version-{version}.db", path)
    if version < VERSION:
        kept = upgrade(f"sqlite:///{path}").backup
        assert kept == tmp_path / f"old.db.schema-{version}"
        with closing(sqlite3.connect(kept)) as connection:
            assert connection.execute("SELECT version FROM schema_version").fetchone() == (version,)
    old, new = (open_store(f"sqlite:///{tmp_path}/{name}.db") for name in ("old", "new"))
    fill(new, version)
    assert told(old) == told(new)
    study = old.study("digits")
    trial_id = old.start_trial(study.id, start(9))
    old.record_epoch(trial_id, report(1, 0.75))
    old.end_trial(trial_id, "finished", "trained all 1 epochs")
    assert old.trial(study.id, 9).accuracy == 0.75
    with pytest.raises(StudyExistsError, match="empty-2"):
        new_study(old, "empty")
    for store in (old, new):
        store.close()


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.db"
    shutil.copy(HERE / "version-1.db", path)
    before = path.read_bytes()

    def cut_short(op: Operations) -> None:
        MIGRATIONS[1](op)
        raise KeyboardInterrupt

    monkeypatch.setattr("results.store.migrations.MIGRATIONS", {1: cut_short})
    with pytest.raises(KeyboardInterrupt):
        upgrade(f"sqlite:///{path}")
    assert path.read_bytes() == before
    with pytest.raises(StoreError, match="must exist"):
        upgrade(f"sqlite:///{tmp_path}/none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_backup_is_a_store_and_holds_what_was_committed(store: Store, tmp_path: Path) -> None:
    trial_id = store.start_trial(new_study(store).id, start(0))
    store.record_epoch(trial_id, report(1))
    path = tmp_path / "kept" / "copy.db"
    assert backup(store.url, path) == path
    store.record_epoch(trial_id, report(2))
    copy = open_store(f"sqlite:///{path}")
    assert len(copy.epochs(trial_id)) == 1
    copy.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with pytest.raises(InputError, match="must not replace"):
        backup(store.url, path)
    with pytest.raises(StoreError, match="pg_dump"):
        backup("postgresql://me:secret@nowhere.invalid/base", tmp_path / "dump")


def test_a_foreign_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
        connection.execute("CREATE TABLE schema_version (version INTEGER)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="customers"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["other.db"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("runs/sizewise.db", "sqlite:///runs/sizewise.db"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("nosuch://host/base", "reachable"),
        ("sqlite:////proc/nowhere/sizewise.db", "reachable"),
        ("sqlite:///{text}", "not a database"),
    ],
)
def test_an_address_that_leads_nowhere_is_explained(
    tmp_path: Path, address: str, told: str
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("these are notes, and no database\n" * 100)
    with pytest.raises(StoreError, match=told):
        open_store(address.format(text=text))
    assert text.read_text().startswith("these are notes")


def test_a_password_is_never_shown() -> None:
    store = Store("postgresql://me:secret@nowhere.invalid/base")
    assert "secret" not in repr(store)
    assert "secret" in store.url
    with pytest.raises(StoreError) as caught:
        store.connect()
    assert "secret" not in str(caught.value)


def test_an_interrupted_transaction_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = new_study(store)
    trial_id = store.start_trial(study.id, start(0))
    store.record_epoch(trial_id, report(1, 0.25))

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("results.store.trials.update", fails)
    for attempt in (
        lambda: store.restart_trial(trial_id),
        lambda: store.end_trial(trial_id, "finished", "all epochs"),
    ):
        with pytest.raises(KeyboardInterrupt):
            attempt()
    assert len(store.epochs(trial_id)) == 1
    assert store.trial(study.id, 0).state == "running"


def test_writers_killed_at_random_moments_lose_nothing_that_was_committed(store: Store) -> None:
    new_study(store)
    store.close()
    with child("kill", store.url, 50, 7) as killer:
        assert killer.stdout is not None
        assert killer.stdout.read() == "50\n"
    assert len(store.trials(store.study("digits").id)) >= 50


def spoil(store: Store, *statements: str) -> list[str]:
    with closing(sqlite3.connect(database(store))) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return unsound(store.url)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM epochs WHERE trial_id = 1 AND epoch = 2", "ended after 2 .* epoch 1"),
        ("DELETE FROM epochs WHERE trial_id = 1 AND epoch = 1", "1 epochs .* last is epoch 2"),
        ("UPDATE trials SET accuracy = NULL WHERE id = 1", "accuracy None .* last epoch"),
        ("UPDATE studies SET state = 'finished'", "trial 1: it runs, but its study is finished"),
        ("UPDATE finals SET study_id = 2 WHERE id = 1", "final .* of another study"),
        ("UPDATE finals SET accuracy = NULL", "finished without an accuracy"),
        ("DELETE FROM trials WHERE id = 1", "epochs belongs to a row of trials that is not there"),
        ("DROP TABLE finals", "table finals is missing"),
        ("ALTER TABLE trials DROP COLUMN latency_ms", "no column latency_ms"),
        ("UPDATE schema_version SET version = 1", "db upgrade"),
    ],
)
def test_what_is_wrong_with_a_store_is_told(store: Store, statement: str, told: str) -> None:
    fill(store)
    store.close()
    assert unsound(store.url) == []
    assert re.search(told, "\n".join(spoil(store, statement)))


def test_a_damaged_file_is_told(store: Store) -> None:
    study = new_study(store)
    for number in range(100):
        store.start_trial(study.id, start(number))
    store.close()
    path = database(store)
    content = bytearray(path.read_bytes())
    # Behind the first pages, without which it would be no database at all.
    for page in range(20, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = bytes(range(200))
    path.write_bytes(content)
    assert re.search("damaged|cannot be read", "\n".join(unsound(store.url)))
