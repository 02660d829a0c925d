"""The front as the database finds it: `results.front.is_front` without reading all trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from . import columns
from .frames import finished_frame
from .front import is_front
from .schema import FINISHED, STUDIES, TRIALS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Subquery

    from .store import Store


def front_numbers(store: Store, study_id: int, size: str, also: str | None = None) -> list[int]:
    """Return the trials on the front of a study, by number.

    With a second size the trials are read and judged here: no order of the rows tells them.
    """
    if also is not None:
        finished = finished_frame(store, study_id, size, also).sort_values(columns.NUMBER)
        on_front = is_front(finished[columns.ACCURACY], finished[[size, also]])
        return [int(number) for number in finished.loc[on_front, columns.NUMBER]]
    members = _members(TRIALS.c[size], TRIALS.c.study_id == study_id)
    return [row.number for row in store.read(select(members.c.number).order_by(members.c.number))]


def front_counts() -> Subquery:
    """Return how many trials are on the front of each study, by the study's own first size."""
    chosen = case(*((STUDIES.c.size == name, TRIALS.c[name]) for name in columns.SIZES))
    members = _members(chosen, STUDIES.c.id == TRIALS.c.study_id)
    counted = select(members.c.study_id, func.count().label("count"))
    return counted.group_by(members.c.study_id).subquery()


def _members(size: ColumnElement[Any], which: ColumnElement[bool]) -> Subquery:
    """Return study and number of the finished trials on the front.

    Of the trials of one size only the most accurate can be on the front, and they are if none of a
    smaller size is as accurate.
    """
    known = and_(TRIALS.c.accuracy.is_not(None), size.is_not(None))
    finished = (
        select(TRIALS.c.study_id, TRIALS.c.number, TRIALS.c.accuracy, size.label("size"))
        .where(TRIALS.c.state == FINISHED, known, which)
        .subquery()
    )
    study, best = finished.c.study_id, func.max(finished.c.accuracy)
    alike = best.over(partition_by=[study, finished.c.size])
    smaller = best.over(partition_by=study, order_by=finished.c.size, groups=(None, -1))
    judged = select(finished, alike.label("alike"), smaller.label("smaller")).subquery()
    accuracy, before = judged.c.accuracy, judged.c.smaller
    on_front = and_(accuracy == judged.c.alike, before.is_(None) | (accuracy > before))
    return select(judged.c.study_id, judged.c.number).where(on_front).subquery()
