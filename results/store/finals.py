"""Finals, within a transaction."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from ..errors import StoreError
from ..schema import FINAL_STATES, FINALS, FINISHED, RUNNING, STAGES, TRIALS
from .changes import add, check_word

if TYPE_CHECKING:
    from sqlalchemy import Connection


def begin(connection: Connection, trial_id: int, stage: str, seed: int) -> int:
    """Add a final in state ``running``, in place of one that was lost or failed."""
    check_word("stage", stage, STAGES)
    study_id = connection.execute(select(TRIALS.c.study_id).where(TRIALS.c.id == trial_id)).scalar()
    if study_id is None:
        raise StoreError("trial", "a final must be of a trial in the store", trial_id)
    same = (FINALS.c.trial_id == trial_id) & (FINALS.c.stage == stage) & (FINALS.c.seed == seed)
    connection.execute(delete(FINALS).where(same & (FINALS.c.state != FINISHED)))
    values = {"study_id": study_id, "trial_id": trial_id, "stage": stage, "seed": seed}
    begun = {"state": RUNNING, "epochs": 0, "started_at": time.time()}
    rule = "a final that is finished must not be trained again"
    return add(connection, FINALS, values | begun, rule, f"trial {trial_id}, {stage}, seed {seed}")


def end(
    connection: Connection, final_id: int, how: tuple[str, str], numbers: dict[str, Any]
) -> None:
    """End a running final with what it measured."""
    state, reason = how
    check_word("state", state, FINAL_STATES[1:])
    if not reason.strip():
        raise StoreError("reason", "a final must end with a reason", reason)
    ended = {"state": state, "reason": reason, "ended_at": time.time()}
    measured = {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in numbers.items()
    }
    mine = (FINALS.c.id == final_id) & (FINALS.c.state == RUNNING)
    if connection.execute(update(FINALS).where(mine).values(ended | measured)).rowcount != 1:
        raise StoreError("final", "the final must be running", final_id)
