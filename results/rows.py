"""Between rows of the tables and records."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, case, func, select

from space import Architecture

from .errors import StoreError
from .outline import outline
from .records import (
    EnvironmentRecord,
    EpochRecord,
    FinalRecord,
    StudyRecord,
    TrialRecord,
    TrialStart,
)
from .schema import EPOCHS, FINALS, RUNNING, TRIALS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from sqlalchemy import Row, Select

_REPORTED: Final = tuple(field.name for field in fields(EpochRecord))


def _last(name: str) -> ColumnElement[Any]:
    mine = EPOCHS.c.trial_id == TRIALS.c.id
    newest = select(EPOCHS.c[name]).where(mine).order_by(EPOCHS.c.epoch.desc()).limit(1)
    return newest.scalar_subquery()


_COUNT: Final = func.coalesce(_last("epoch"), 0)

LAST: Final = (
    _last("accuracy").label("accuracy"),
    _last("loss").label("loss"),
    _COUNT.label("epochs"),
)
"""What a trial takes over from its last epoch when it ends."""


def _now(name: str, last: ColumnElement[Any]) -> ColumnElement[Any]:
    # Only the few trials that run look into their epochs; the others hold the numbers themselves.
    return case((TRIALS.c.state == RUNNING, last), else_=TRIALS.c[name]).label(name)


LIVE: Final = {
    "accuracy": _now("accuracy", _last("accuracy")),
    "loss": _now("loss", _last("loss")),
    "epochs": _now("epochs", _COUNT),
}
"""The columns of a trial that follow its last epoch while it runs."""

TRIAL: Final[Select[Any]] = select(*(LIVE.get(column.name, column) for column in TRIALS.c))

FINAL: Final[Select[Any]] = select(
    TRIALS.c.number, *(column for column in FINALS.c if column.name != "study_id")
).join_from(FINALS, TRIALS, FINALS.c.trial_id == TRIALS.c.id)


def study(row: Row[Any]) -> StudyRecord:
    """Return a row of the studies as a value."""
    values = dict(row._mapping)  # noqa: SLF001 - public in SQLAlchemy despite its name
    values["created"] = _moment(values.pop("created_at"))
    values["changed"] = _moment(values.pop("changed_at"))
    return StudyRecord(**values | {"tags": tuple(values["tags"])})


def trial(row: Row[Any]) -> TrialRecord:
    """Return a row of the query `TRIAL` as a value."""
    values = dict(row._mapping)  # noqa: SLF001 - public in SQLAlchemy despite its name
    del values["study_id"]
    return TrialRecord(**_timed(values) | {"point": tuple(values["point"])})


def final(row: Row[Any]) -> FinalRecord:
    """Return a row of the query `FINAL` as a value."""
    return FinalRecord(**_timed(dict(row._mapping)))  # noqa: SLF001 - public in SQLAlchemy despite its name


def _timed(values: dict[str, Any]) -> dict[str, Any]:
    ended = values.pop("ended_at")
    values["started"] = _moment(values.pop("started_at"))
    values["ended"] = None if ended is None else _moment(ended)
    return values


def epoch(row: Row[Any]) -> EpochRecord:
    """Return a row of the epochs as a value."""
    told = row._mapping  # noqa: SLF001 - public in SQLAlchemy despite its name
    values: dict[str, Any] = {
        name: math.nan if told[name] is None else told[name] for name in _REPORTED
    }
    return EpochRecord(**values)


def environment(row: Row[Any]) -> EnvironmentRecord:
    """Return a row of the environments as a value."""
    return EnvironmentRecord(_moment(row.recorded_at), _moment(row.seen_at), row.environment)


def of_start(start: TrialStart) -> dict[str, Any]:
    """Return what a trial's row holds at its start, but for its study and time."""
    values = asdict(start) | {
        "point": list(start.point),
        "attempt": 1,
        "state": RUNNING,
        "epochs": 0,
    }
    return values | {"outline": outline(Architecture.from_dict(start.architecture))}


def of_report(report: Mapping[str, Any] | DataclassInstance) -> dict[str, Any]:
    """Return what an epoch's row holds, but for its trial; what is not a number becomes None.

    Raises:
        StoreError: The report has other fields than `EpochRecord`.
    """
    told = dict(report) if isinstance(report, Mapping) else asdict(report)
    if told.keys() != set(_REPORTED):
        rule = f"a report of an epoch must have the fields {', '.join(_REPORTED)}"
        raise StoreError("epoch", rule, sorted(told))
    return {name: None if math.isnan(value) else value for name, value in told.items()}


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
