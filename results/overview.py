"""All studies of a store at a glance, counted by the database."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import case, func, select

from . import columns
from .front_query import front_counts, front_numbers
from .schema import FINISHED, RUNNING, STUDIES, TRIALS

if TYPE_CHECKING:
    from sqlalchemy import Subquery

    from .store import Store


def studies_frame(store: Store, *, archived: bool = False) -> pd.DataFrame:
    """Return a row for each study, the oldest first: the columns of `columns.STUDIES`.

    The database counts, so that studies of any length take no longer to list than to count.

    Args:
        store: Where the studies stand.
        archived: Whether archived studies are shown too.
    """
    counts, front = _counts(), front_counts()
    wanted = select(
        STUDIES.c.name,
        STUDIES.c.state,
        func.coalesce(counts.c.ended, 0),
        func.coalesce(counts.c.running, 0),
        counts.c.best,
        func.coalesce(front.c.count, 0),
        STUDIES.c.data["name"].as_string(),
        STUDIES.c.tags,
        STUDIES.c.note,
        STUDIES.c.created_at,
        STUDIES.c.archived,
    )
    joined = wanted.outerjoin(counts, counts.c.study_id == STUDIES.c.id).outerjoin(
        front, front.c.study_id == STUDIES.c.id
    )
    if not archived:
        joined = joined.where(~STUDIES.c.archived)
    frame = pd.DataFrame(store.read(joined.order_by(STUDIES.c.id)), columns=list(columns.STUDIES))
    for name, members in _fronts_of_two_sizes(store).items():
        frame.loc[frame[columns.STUDY] == name, columns.FRONT] = members
    frame[columns.TAGS] = [", ".join(tags) for tags in frame[columns.TAGS]]
    created = frame[columns.CREATED].astype("float64")
    frame[columns.CREATED] = pd.to_datetime(created, unit="s", utc=True)
    return frame.astype(columns.STUDIES)


def _fronts_of_two_sizes(store: Store) -> dict[str, int]:
    """Return how many trials are on such fronts, by study."""
    also = STUDIES.c.job["search"]["also"].as_string()
    wanted = select(STUDIES.c.id, STUDIES.c.name, STUDIES.c.size, also.label("also")).where(
        also.is_not(None)
    )
    return {
        row.name: _front_of(store, row.id, row.name, row.size, row.also, _last(store, row.id))
        for row in store.read(wanted)
    }


def _last(store: Store, study_id: int) -> float | None:
    """Return when a trial of a study ended last."""
    mine = select(func.max(TRIALS.c.ended_at)).where(TRIALS.c.study_id == study_id)
    last: float | None = store.read(mine)[0][0]
    return last


@lru_cache(maxsize=64)
def _front_of(
    store: Store, study_id: int, _name: str, size: str, also: str, _last: float | None
) -> int:
    """Count once for each end of a trial: all trials are read, and lists are looked at often."""
    return len(front_numbers(store, study_id, size, also))


def _counts() -> Subquery:
    running = case((TRIALS.c.state == RUNNING, 1), else_=0)
    best = func.max(case((TRIALS.c.state == FINISHED, TRIALS.c.accuracy)))
    counted = select(
        TRIALS.c.study_id,
        func.sum(1 - running).label("ended"),
        func.sum(running).label("running"),
        best.label("best"),
    )
    return counted.group_by(TRIALS.c.study_id).subquery()
