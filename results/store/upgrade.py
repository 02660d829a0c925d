"""Bring a store of an older schema to this version."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from ..connection import absolute, connect, existing_file, is_file, schema_version, shown, writing
from ..errors import StoreError
from ..names import first_free
from ..schema import LEASES, SCHEMA_VERSION, STUDIES, VERSION
from .backup import copy

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL, Connection


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which version of the schema to which; ``backup`` is the copy of the store before."""

    old: int
    new: int
    backup: Path | None


def upgrade(url: str | None = None) -> Upgraded:
    """Bring a store to this version of the schema, in one transaction.

    An SQLite store is copied first, to a file beside it. Of a store in a server its keeper makes a
    dump before. A store of this version stays as it is.

    Raises:
        StoreError: There is no store, it is one of a newer version, or a study of it is running.
    """
    address = absolute(url)
    engine = connect(address, as_it_is=True)
    try:
        with writing(engine).begin() as connection:
            old = schema_version(connection, shown(address))
            if old == VERSION:
                return Upgraded(old, VERSION, None)
            _check_idle(connection)
            kept = _keep(address, old) if is_file(address) else None
            _migrate(connection, old)
            return Upgraded(old, VERSION, kept)
    finally:
        engine.dispose()


def _migrate(connection: Connection, old: int) -> None:
    from .migrations import migrate  # noqa: PLC0415  alembic takes half a second to import

    for version in range(old, VERSION):
        migrate(connection, version)
    connection.execute(update(SCHEMA_VERSION).values(version=VERSION))


def _check_idle(connection: Connection) -> None:
    """Refuse a store that a driver writes to: it would go on with the tables of its own version."""
    held = select(STUDIES.c.name, LEASES.c.holder, LEASES.c.until).join_from(LEASES, STUDIES)
    row = connection.execute(held.where(LEASES.c.until > time.time())).first()
    if row is not None:
        raise StoreError(
            "store",
            "no study may be running during an upgrade",
            f"{row.name}: {row.holder}",
            f"Stop it, or wait {row.until - time.time():.0f} s after it is gone.",
        )


def _keep(address: URL, version: int) -> Path:
    path = existing_file(address)
    beside = {each.name for each in path.parent.iterdir()}
    free = first_free(f"{path.name}.schema-{version}", beside)
    copy(path, path.with_name(free))
    return path.with_name(free)
