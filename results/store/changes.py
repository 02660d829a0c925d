"""Changes that several tables share, and the errors that they end in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from space.errors import closest

from ..errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Table


def add(
    connection: Connection, table: Table, values: dict[str, Any], rule: str, value: object
) -> int:
    """Insert a row and return its id.

    Raises:
        StoreError: ``rule`` is broken by ``value``, as a constraint of the table says.
    """
    try:
        done = connection.execute(insert(table).values(values))
    except IntegrityError:
        raise StoreError("store", rule, value) from None
    key = done.inserted_primary_key
    assert key is not None, "an insert of one row has a key"
    return int(key[0])


def change(
    connection: Connection,
    table: Table,
    which: ColumnElement[bool],
    values: dict[str, Any],
    *broken: object,
) -> None:
    """Update one row.

    Raises:
        StoreError: There is not exactly one; ``broken`` are the rule and the value that break it.
    """
    if connection.execute(update(table).where(which).values(values)).rowcount != 1:
        raise StoreError("store", str(broken[0]), broken[1])


def check_word(field: str, word: str, allowed: Sequence[str]) -> None:
    """Refuse a word that is not one of those allowed."""
    if word not in allowed:
        raise StoreError(field, f"it must be a known {field}", word, closest(word, allowed))
