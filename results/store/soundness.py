"""Whether a store is whole, and whether what it holds agrees with itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, inspect, or_, select
from sqlalchemy.exc import DatabaseError

from ..connection import absolute, connect, is_file, schema_version, shown
from ..schema import EPOCHS, FINALS, FINISHED, METADATA, RUNNING, STUDIES, TRIALS, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Select

_FIRST: Final = 20
"""So many of the rows that are wrong in one way are named."""


def unsound(url: str | None = None) -> list[str]:
    """Return what is wrong with a store, each as one line; nothing where it is sound.

    The tables are those of its schema; an SQLite file is whole (``PRAGMA integrity_check``) and
    points nowhere else than into itself (``PRAGMA foreign_key_check``); each trial has its epochs
    without a gap, and an ended one holds their count and the accuracy and loss of the last; a study
    that finished has no running trial. Nothing is changed.

    Raises:
        StoreError: There is no store, it cannot be read at all, or it is one of another version.
    """
    address = absolute(url)
    engine = connect(address, as_it_is=True)
    try:
        with engine.begin() as connection:
            version = schema_version(connection, shown(address))
            if version < VERSION:
                return [f"It has schema {version}: sizewise db upgrade brings it to {VERSION}."]
            found = list(_tables(connection))
            if is_file(address):
                found += _file(connection)
            # Where tables are missing there is nothing to count.
            return found or list(_counts(connection))
    except DatabaseError as error:
        return [f"The database cannot be read: {' '.join(str(error.orig).split())}."]
    finally:
        engine.dispose()


def _tables(connection: Connection) -> Iterator[str]:
    inspector = inspect(connection)
    known = set(inspector.get_table_names())
    for table in METADATA.sorted_tables:
        if table.name not in known:
            yield f"The table {table.name} is missing."
            continue
        columns = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.c:
            if column.name not in columns:
                yield f"The table {table.name} has no column {column.name}."


def _file(connection: Connection) -> Iterator[str]:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if line != "ok":
            yield f"The file is damaged: {line}."
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"Row {row} of {table} belongs to a row of {parent} that is not there."


def _counts(connection: Connection) -> Iterator[str]:
    for query, told in _CHECKS:
        rows = connection.execute(query.limit(_FIRST + 1)).all()
        yield from (told.format(*row) for row in rows[:_FIRST])
        if len(rows) > _FIRST:
            yield f"And more like the last {_FIRST}."


def _of_trials(*columns: Any) -> Select[Any]:
    joined = select(STUDIES.c.name, TRIALS.c.number, *columns).join_from(TRIALS, STUDIES)
    return joined.order_by(STUDIES.c.id, TRIALS.c.number)


_CURVES = (
    select(EPOCHS.c.trial_id, func.count().label("count"), func.max(EPOCHS.c.epoch).label("last"))
    .group_by(EPOCHS.c.trial_id)
    .subquery()
)
_COUNT = func.coalesce(_CURVES.c.count, 0)
_LAST = func.coalesce(_CURVES.c.last, 0)
_ENDED = TRIALS.c.state != RUNNING
_IN_LAST = and_(EPOCHS.c.trial_id == TRIALS.c.id, EPOCHS.c.epoch == TRIALS.c.epochs)

_CHECKS: Final = (
    (
        _of_trials(_COUNT, _LAST).outerjoin(_CURVES).where(_COUNT != _LAST),
        "{} trial {}: {} epochs are there, but the last is epoch {}.",
    ),
    (
        _of_trials(TRIALS.c.epochs, _LAST)
        .outerjoin(_CURVES)
        .where(_ENDED, TRIALS.c.epochs != _LAST),
        "{} trial {}: it ended after {} epochs, but the last is epoch {}.",
    ),
    (
        _of_trials(TRIALS.c.accuracy, EPOCHS.c.accuracy)
        .join(EPOCHS, _IN_LAST)
        .where(
            _ENDED,
            or_(
                TRIALS.c.accuracy.is_distinct_from(EPOCHS.c.accuracy),
                TRIALS.c.loss.is_distinct_from(EPOCHS.c.loss),
            ),
        ),
        "{} trial {}: its accuracy {} and loss are not those of its last epoch ({}).",
    ),
    (
        _of_trials(STUDIES.c.state).where(STUDIES.c.state == FINISHED, TRIALS.c.state == RUNNING),
        "{} trial {}: it runs, but its study is {}.",
    ),
    (
        _of_trials(FINALS.c.stage, FINALS.c.seed)
        .join(FINALS, FINALS.c.trial_id == TRIALS.c.id)
        .where(FINALS.c.study_id != TRIALS.c.study_id),
        "{} trial {}: its final ({}, seed {}) is of another study.",
    ),
    (
        _of_trials(FINALS.c.stage, FINALS.c.seed)
        .join(FINALS, FINALS.c.trial_id == TRIALS.c.id)
        .where(FINALS.c.state == FINISHED, FINALS.c.accuracy.is_(None)),
        "{} trial {}: its final ({}, seed {}) finished without an accuracy.",
    ),
)
