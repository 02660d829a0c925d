"""What the trials of a study chose, by the words of its space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from space import SearchSpace

from ..schema import TRIALS

if TYPE_CHECKING:
    from space import Point

    from ..records import StudyRecord
    from ..store import Store


def space_of(store: Store, study: StudyRecord) -> SearchSpace | None:
    """Return the space of a study, without its limits; None before its first trial.

    The document of a space tells neither image shape nor classes, but each network does.
    """
    first = select(TRIALS.c.architecture).where(TRIALS.c.study_id == study.id).limit(1)
    found = store.read(first)
    if not found:
        return None
    shape, classes = (found[0][0][name] for name in ("input_shape", "classes"))
    return SearchSpace.from_dict(study.space, input_shape=shape, classes=classes)


def points_of(store: Store, study_id: int) -> dict[int, Point]:
    """Return the point of each trial of a study, by number."""
    mine = select(TRIALS.c.number, TRIALS.c.point).where(TRIALS.c.study_id == study_id)
    rows = store.read(mine.order_by(TRIALS.c.number))
    return {row.number: tuple(row.point) for row in rows}
