"""What every store must do about its schema, whatever database it stands on."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Boolean,
    DefaultClause,
    MetaData,
    create_engine,
    false,
    func,
    insert,
    select,
    update,
)

from results import open_store
from results.connection import absolute, is_file
from results.errors import StoreError
from results.leases import hold
from results.schema import METADATA, TRIALS, VERSION
from results.store.soundness import unsound
from results.store.upgrade import upgrade

from .samples import new_study, start
from .stores.make import HERE, fill

if TYPE_CHECKING:
    from results import Store


def pour(version: int, url: str) -> None:
    """Fill an empty database with the tables and rows of a store as an earlier version left it."""
    address = absolute(url)
    if is_file(address):
        Path(str(address.database)).parent.mkdir(parents=True)
    old = create_engine(f"sqlite:///{HERE}/version-{version}.db")
    new = create_engine(address)
    tables = MetaData()
    tables.reflect(old)
    for column in chain.from_iterable(table.c for table in tables.tables.values()):
        column.type = column.type.as_generic()
        if isinstance(column.type, Boolean) and column.server_default is not None:
            column.server_default = DefaultClause(false())
    with old.connect() as source, new.begin() as target:
        tables.create_all(target)
        for table in tables.sorted_tables:
            if rows := [dict(row) for row in source.execute(select(table)).mappings()]:
                target.execute(insert(table), rows)
            if "id" in table.c and new.dialect.name == "postgresql":
                # Ids were given, so the server has not counted them.
                last = select(func.max(table.c.id)).scalar_subquery()
                counter = func.pg_get_serial_sequence(table.name, "id")
                target.execute(select(func.setval(counter, last)).where(last.is_not(None)))
    old.dispose()
    new.dispose()


class UpgradeKit:
    @pytest.mark.parametrize("version", range(1, VERSION))
    def test_an_earlier_store_is_refused_until_it_is_upgraded(
        self, empty: str, version: int
    ) -> None:
        pour(version, empty)
        with pytest.raises(StoreError, match=f"schema {version}.* sizewise db upgrade"):
            open_store(empty)
        assert (upgrade(empty).old, upgrade(empty).old) == (version, VERSION)
        store = open_store(empty)
        # The next study and trial get ids of their own.
        trial_id = store.start_trial(new_study(store, "new").id, start(0))
        store.end_final(store.start_final(trial_id, "test", 1), "finished", "told", accuracy=0.5)
        assert len(store.finals(store.study("new").id)) == 1
        with store.connect().connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        store.close()
        assert unsound(empty) == []

    def test_a_store_that_disagrees_with_itself_is_not_sound(self, store: Store) -> None:
        fill(store)
        assert unsound(store.url) == []
        with store.write() as connection:
            connection.execute(update(TRIALS).values(epochs=7))
        assert len(unsound(store.url)) == 2

    def test_a_store_is_not_upgraded_under_a_driver(
        self, empty: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = open_store(empty)
        hold(store, new_study(store).id, "here process 7", seconds=60)
        store.close()
        monkeypatch.setattr("results.store.upgrade.VERSION", VERSION + 1)
        with pytest.raises(StoreError, match="digits: here process 7"):
            upgrade(empty)
