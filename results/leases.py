"""Who drives a study: one driver at a time, told by a lease that runs out unless it is renewed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from .connection import writing
from .errors import StudyHeldError
from .schema import LEASES, STUDIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from .store import Store


def hold(
    store: Store,
    study_id: int,
    holder: str,
    *,
    seconds: float,
    gone: Callable[[str], bool] = lambda _holder: False,
) -> None:
    """Take or renew the lease of a study.

    Args:
        store: Where the study stands.
        study_id: The study.
        holder: Who takes it, as a person would find them: machine and process.
        seconds: How long the lease lasts from now.
        gone: Whether another holder is known to be no more, so that its lease counts for nothing.

    Raises:
        StudyHeldError: Another holder has a lease that has not run out; says who and since when.
    """
    now = time.time()
    mine = LEASES.c.study_id == study_id
    with writing(store.connect()).begin() as connection:
        # Two that take it at once take turns: SQLite has one writer, PostgreSQL locks this row.
        study = select(STUDIES.c.id).where(STUDIES.c.id == study_id)
        connection.execute(study.with_for_update(key_share=True))
        row = connection.execute(select(LEASES).where(mine)).one_or_none()
        held = row is not None and row.holder != holder and row.until > now
        if row is not None and held and not gone(row.holder):
            told = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(row.since))
            raise StudyHeldError(
                "study",
                "a study must have one driver at a time",
                f"{row.holder}, since {told}",
                f"Stop that one, or wait {row.until - now:.0f} s after it is gone.",
            )
        since = row.since if row is not None and row.holder == holder else now
        connection.execute(delete(LEASES).where(mine))
        values = {"study_id": study_id, "holder": holder, "since": since, "until": now + seconds}
        connection.execute(insert(LEASES).values(values))


def release(store: Store, study_id: int, holder: str) -> None:
    """Give the lease of a study back, unless another holder has it by now."""
    mine = (LEASES.c.study_id == study_id) & (LEASES.c.holder == holder)
    with writing(store.connect()).begin() as connection:
        connection.execute(delete(LEASES).where(mine))
