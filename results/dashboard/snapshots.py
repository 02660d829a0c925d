"""The numbers of a study's trials in memory, brought up to date by what changed alone."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np
import pandas as pd
from sqlalchemy import func, select, true, union_all

from .. import columns
from ..frames import frame_of
from ..rows import LIVE
from ..schema import TRIALS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from ..records import StudyRecord
    from ..store import Store

HELD: Final = (
    columns.NUMBER,
    columns.STATE,
    columns.ACCURACY,
    columns.EPOCHS,
    *columns.SIZES,
    columns.DEPTH,
    columns.SECONDS,
)
"""The columns of a snapshot: what trials are sorted, filtered and drawn by. Texts stay outside."""
_TYPES: Final = {name: columns.TRIALS[name] for name in HELD}


_ENDED: Final = "ended_at"
_LATE: Final = 60.0
"""Seconds by which an end may come to sight after a later one: clocks and transactions differ."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All trials of a study, by number, and how often they were seen to change."""

    frame: pd.DataFrame
    newest: float
    """When the last of them ended, in seconds since 1970; 0 before any did."""
    revision: int = 0


@final
class Snapshots:
    """The snapshots of the studies that were looked at last.

    Args:
        store: Where the studies stand.
        most: Studies that are held; 100,000 trials take some 10 MB.
        fresh: Seconds for which a look serves all who ask: a page asks several times at once.
    """

    def __init__(self, store: Store, most: int = 8, *, fresh: float = 0.0) -> None:
        self._store, self._most, self._fresh = store, most, fresh
        self._lock = Lock()
        self._held: OrderedDict[tuple[int, str], tuple[float, Snapshot]] = OrderedDict()

    def of(self, study: StudyRecord) -> Snapshot:
        """Return the trials of a study as they stand now, or did a moment ago.

        Only trials that run, or that ended since they were read last, are read again.
        """
        # A study that was deleted may have left its id, but not its name, to another.
        key = (study.id, study.name)
        with self._lock:
            seen, now = self._held.pop(key, (-math.inf, None))
            if now is None or time.monotonic() >= seen + self._fresh:
                now = self._read(study.id, true()) if now is None else self._updated(study.id, now)
                seen = time.monotonic()
            self._held[key] = seen, now
            if len(self._held) > self._most:
                self._held.popitem(last=False)
        return now

    def _read(self, study_id: int, *which: ColumnElement[bool]) -> Snapshot:
        wanted = select(*map(_stored, HELD), TRIALS.c.ended_at)
        mine = wanted.where(TRIALS.c.study_id == study_id)
        # SQLite uses an index for either of two conditions, but none for one or the other.
        either = union_all(*(mine.where(each) for each in which))
        frame = frame_of(self._store, either, {**_TYPES, _ENDED: "float64"})
        frame = frame.sort_values(columns.NUMBER, ignore_index=True)
        newest = np.fmax.reduce(frame[_ENDED].to_numpy(), initial=0.0)
        return Snapshot(frame[list(HELD)], float(newest))

    def _updated(self, study_id: int, before: Snapshot) -> Snapshot:
        frame = before.frame
        ends = TRIALS.c.ended_at
        fresh = self._read(study_id, ends.is_(None), ends >= before.newest - _LATE)
        known = frame[columns.NUMBER].isin(fresh.frame[columns.NUMBER])
        if fresh.frame.equals(frame[known].reset_index(drop=True)):
            return before
        merged = pd.concat([frame[~known], fresh.frame])
        merged = merged.sort_values(columns.NUMBER, ignore_index=True)
        return Snapshot(merged, max(before.newest, fresh.newest), before.revision + 1)


def _stored(name: str) -> ColumnElement[Any]:
    if name == columns.SECONDS:
        ended = func.coalesce(TRIALS.c.ended_at, TRIALS.c.started_at)
        return (ended - TRIALS.c.started_at).label(name)
    if name in LIVE:
        return LIVE[name]
    return TRIALS.c[name]
