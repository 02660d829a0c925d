"""How long a running study will take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from .schema import RUNNING, TRIALS

if TYPE_CHECKING:
    from .records import StudyRecord
    from .store import Store


def seconds_left(store: Store, study: StudyRecord) -> float | None:
    """Return the seconds to a study's last trial, at the pace since it was last started.

    None where it does not run, has no budget of trials, or no trial has ended since.
    """
    budget = (study.job.get("budget") or {}).get("trials")
    starts = store.environments(study.id) if study.state == RUNNING and budget else []
    if not starts:
        return None
    began = starts[-1].recorded.timestamp()
    since = TRIALS.c.ended_at >= began
    counts: Any = select(
        func.count(TRIALS.c.ended_at), func.count(TRIALS.c.ended_at).filter(since)
    ).where(TRIALS.c.study_id == study.id)
    found: Any = store.read(counts)[0]
    ended, here = found
    return (time.time() - began) / here * max(budget - ended, 0) if here else None
