"""Studies and where they ran, within a transaction."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from space.errors import closest

from ..errors import UnknownStudyError
from ..schema import ENVIRONMENTS, STUDIES, STUDY_STATES
from .changes import add, change, check_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row


def find(connection: Connection, name: str) -> Row[Any]:
    """Return the row of a study; an unknown name is told with those that are most like it."""
    found = connection.execute(select(STUDIES).where(STUDIES.c.name == name)).one_or_none()
    if found is None:
        known = connection.execute(select(STUDIES.c.name)).scalars().all()
        hint = closest(name, known) if known else "The store is empty."
        raise UnknownStudyError("study", "the study must be in the store", name, hint)
    return found


def set_state(connection: Connection, study_id: int, state: str, reason: str | None) -> None:
    """Note why a study is in a state."""
    check_word("state", state, STUDY_STATES)
    values = {"state": state, "reason": reason, "changed_at": time.time()}
    change(connection, STUDIES, STUDIES.c.id == study_id, values, "the study must exist", study_id)


def record_environment(
    connection: Connection, study_id: int, environment: Mapping[str, Any]
) -> None:
    """Add a start of a study."""
    now = time.time()
    values = {
        "study_id": study_id,
        "recorded_at": now,
        "seen_at": now,
        "environment": dict(environment),
    }
    add(connection, ENVIRONMENTS, values, "the study must exist", study_id)


def see(connection: Connection, study_id: int) -> None:
    """Note that the latest start of a study runs still."""
    mine = ENVIRONMENTS.c.study_id == study_id
    latest = select(func.max(ENVIRONMENTS.c.id)).where(mine).scalar_subquery()
    seen = update(ENVIRONMENTS).where(ENVIRONMENTS.c.id == latest)
    connection.execute(seen.values(seen_at=time.time()))
