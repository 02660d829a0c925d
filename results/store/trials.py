"""Trials and their epochs, within a transaction."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from .. import rows
from ..errors import StoreError
from ..schema import EPOCHS, FAILED, RUNNING, TRIAL_STATES, TRIALS
from .changes import add, check_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from _typeshed import DataclassInstance
    from sqlalchemy import Connection

    from ..records import TrialStart


def begin(connection: Connection, study_id: int, start: TrialStart) -> int:
    """Add a trial in state ``running`` and return its id."""
    values = rows.of_start(start) | {"study_id": study_id, "started_at": time.time()}
    rule = "the study must exist and have no trial of that number"
    return add(connection, TRIALS, values, rule, (study_id, start.number))


def record(
    connection: Connection,
    trial_id: int,
    reports: Sequence[Mapping[str, Any] | DataclassInstance],
) -> dict[str, Any]:
    """Add epochs in place of the first of them and any later ones; return the last one's row."""
    values = [rows.of_report(report) | {"trial_id": trial_id} for report in reports]
    replaced = (EPOCHS.c.trial_id == trial_id) & (EPOCHS.c.epoch >= values[0]["epoch"])
    check_running(connection, trial_id)
    connection.execute(delete(EPOCHS).where(replaced))
    connection.execute(insert(EPOCHS), values)
    return values[-1]


def end(
    connection: Connection,
    trial_id: int,
    how: tuple[str, str],
    last: Mapping[str, Any],
    expected: tuple[float, float] | None,
) -> None:
    """End a running trial with the numbers of its last epoch."""
    state, reason = how
    check_word("state", state, TRIAL_STATES[1:])
    if not reason.strip():
        raise StoreError("reason", "a trial must end with a reason", reason)
    ended = {"state": state, "reason": reason, "ended_at": time.time()}
    numbers = {name: last[name] for name in ("accuracy", "loss")} | {"epochs": last["epoch"]}
    if expected is not None:
        told = (None if math.isnan(number) else number for number in expected)
        numbers |= dict(zip(("expected", "expected_spread"), told, strict=True))
    connection.execute(update(TRIALS).where(TRIALS.c.id == trial_id).values(ended | numbers))


def last_epoch(connection: Connection, trial_id: int) -> dict[str, Any]:
    """Return epoch, accuracy and loss of a trial's last epoch."""
    last = connection.execute(select(*rows.LAST).where(TRIALS.c.id == trial_id)).one()
    return {"accuracy": last.accuracy, "loss": last.loss, "epoch": last.epochs}


def restart(connection: Connection, trial_id: int, keep: int, reason: str | None) -> None:
    """Let a running or failed trial go on behind epoch ``keep``."""
    values: dict[str, Any] = {
        "state": RUNNING,
        "started_at": time.time(),
        "epochs": 0,
        "attempt": TRIALS.c.attempt + 1,
        **dict.fromkeys(("reason", "ended_at", "accuracy", "loss"), None),
    }
    if reason is not None:
        values["restarts"] = func.coalesce(TRIALS.c.restarts + "; ", "") + reason
    again = (TRIALS.c.id == trial_id) & TRIALS.c.state.in_([RUNNING, FAILED])
    later = (EPOCHS.c.trial_id == trial_id) & (EPOCHS.c.epoch > keep)
    connection.execute(delete(EPOCHS).where(later))
    if connection.execute(update(TRIALS).where(again).values(values)).rowcount != 1:
        raise StoreError("trial", "only a running or failed trial may restart", trial_id)


def check_running(connection: Connection, trial_id: int) -> None:
    """Refuse a trial that does not run, and lock it until the transaction ends."""
    # Else another transaction could end the trial meanwhile.
    found = select(TRIALS.c.state).where(TRIALS.c.id == trial_id).with_for_update(key_share=True)
    state = connection.execute(found).scalar()
    if state != RUNNING:
        raise StoreError("trial", "the trial must be running", f"trial {trial_id}: {state}")
