"""A copy of a store that is whole, taken while others read and write it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from space.errors import InputError

from ..connection import absolute, existing_file, is_file, shown
from ..errors import StoreError
from ..files import replaced

if TYPE_CHECKING:
    from pathlib import Path


def backup(url: str | None, to: Path) -> Path:
    """Copy an SQLite store into a new file by SQLite's online backup, and return its path.

    The copy is the store at one moment, and opens as a store itself.

    Raises:
        StoreError: There is no store, or it lies in a server.
        InputError: There is a file already.
    """
    address = absolute(url)
    if not is_file(address):
        rule = "only SQLite stores are copied by sizewise"
        hint = "Use PostgreSQL's own: pg_dump --format=custom --file=FILE DATABASE."
        raise StoreError("store", rule, shown(address), hint)
    if to.exists():
        raise InputError("FILE", "a backup must not replace a file", str(to))
    to.parent.mkdir(parents=True, exist_ok=True)
    copy(existing_file(address), to)
    return to


def copy(path: Path, to: Path) -> None:
    """Copy an SQLite file, its write-ahead log included; ``to`` is there whole or not at all."""
    with (
        replaced(to) as new,
        closing(sqlite3.connect(path)) as source,
        closing(sqlite3.connect(new)) as target,
    ):
        source.backup(target)
