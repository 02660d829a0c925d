"""What a store holds as pandas frames; their columns are documented in `results.columns`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import select

from . import columns, rows
from .front import is_front
from .schema import EPOCHS, FINISHED, TRIALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, CompoundSelect, Select

    from .store import Store

_MOST_NAMED: Final = 10_000
"""Trials that one query names; SQLite takes 32,766 values."""


def trials_frame(
    store: Store,
    study_id: int,
    *,
    numbers: Iterable[int] | None = None,
    names: Sequence[str] = tuple(columns.TRIALS),
) -> pd.DataFrame:
    """Return all trials of a study, by number: the columns of `columns.TRIALS`.

    A running trial shows the accuracy and loss of its newest epoch, and no end and no seconds yet.

    Args:
        store: Where the study stands.
        study_id: The study.
        numbers: Only these trials.
        names: Only these columns.
    """
    wanted = [_stored(name).label(name) for name in names]
    mine = select(*wanted).where(TRIALS.c.study_id == study_id).order_by(TRIALS.c.number)
    asked = [mine]
    if numbers is not None:
        batches = _batches(sorted(numbers)) or [[]]
        asked = [mine.where(TRIALS.c.number.in_(some)) for some in batches]
    moments = {columns.STARTED, columns.ENDED}.intersection(names)
    types = {name: "float64" if name in moments else columns.TRIALS[name] for name in names}
    frame = pd.concat([frame_of(store, each, types) for each in asked], ignore_index=True)
    for name in moments:
        frame[name] = pd.to_datetime(frame[name], unit="s", utc=True)
    return frame.astype({name: columns.TRIALS[name] for name in moments})


def _batches(numbers: list[int]) -> list[list[int]]:
    return [numbers[i : i + _MOST_NAMED] for i in range(0, len(numbers), _MOST_NAMED)]


def finished_frame(store: Store, study_id: int, *sizes: str) -> pd.DataFrame:
    """Return number, accuracy and some sizes of the finished trials: quick, for whole studies."""
    names = [columns.NUMBER, columns.ACCURACY, *dict.fromkeys(sizes)]
    mine = (TRIALS.c.study_id == study_id) & (TRIALS.c.state == FINISHED)
    wanted = select(*(TRIALS.c[name] for name in names)).where(mine)
    return frame_of(store, wanted, {name: columns.TRIALS[name] for name in names})


def epochs_frame(
    store: Store, study_id: int, *, numbers: Sequence[int] | None = None
) -> pd.DataFrame:
    """Return all epochs of a study, by trial and epoch: the columns of `columns.CURVES`.

    Args:
        store: Where the study stands.
        study_id: The study.
        numbers: Only those of these trials, a few.
    """
    wanted = [TRIALS.c.number, *(EPOCHS.c[name] for name in list(columns.CURVES)[1:])]
    joined = select(*wanted).join_from(TRIALS, EPOCHS, EPOCHS.c.trial_id == TRIALS.c.id)
    mine = joined.where(TRIALS.c.study_id == study_id).order_by(TRIALS.c.number, EPOCHS.c.epoch)
    if numbers is not None:
        mine = mine.where(TRIALS.c.number.in_(numbers))
    return frame_of(store, mine, columns.CURVES)


def finals_frame(store: Store, study_id: int) -> pd.DataFrame:
    """Return all finals of a study, by trial, stage and seed: the columns of `columns.FINALS`."""
    values = [
        [getattr(record, name) for name in columns.FINALS] for record in store.finals(study_id)
    ]
    return pd.DataFrame(values, columns=list(columns.FINALS)).astype(columns.FINALS)


def frame_of(
    store: Store, statement: Select[Any] | CompoundSelect[Any], types: Mapping[str, Any]
) -> pd.DataFrame:
    """Return what a query finds as a frame, with its columns in order and of these types."""
    # Column by column: pandas asks each row what it is, which takes longer than reading it.
    named = zip(types.items(), store.read_columns(statement), strict=True)
    return pd.DataFrame({name: pd.array(told, dtype=kind) for (name, kind), told in named})


def front_mask(frame: pd.DataFrame, *sizes: str) -> NDArray[np.bool_]:
    """Return which trials of a frame are on the front: only finished ones count.

    Args:
        frame: As `trials_frame` gives it.
        sizes: The costs to minimise: one or two of `columns.SIZES`.
    """
    finished = (frame[columns.STATE] == FINISHED).to_numpy(dtype=np.bool_)
    accuracy = frame[columns.ACCURACY].to_numpy(dtype=np.float64)
    costs = frame[list(sizes)].to_numpy(dtype=np.float64)
    return is_front(np.where(finished, accuracy, np.nan), costs)


def front_frame(frame: pd.DataFrame, size: str) -> pd.DataFrame:
    """Return the trials on the front, the smallest first."""
    return frame[front_mask(frame, size)].sort_values([size, columns.NUMBER], ignore_index=True)


def _stored(name: str) -> ColumnElement[Any]:
    """Return where a column of a frame of trials comes from."""
    if name in rows.LIVE:
        return rows.LIVE[name]
    if name == columns.SECONDS:
        return TRIALS.c.ended_at - TRIALS.c.started_at
    stored = {columns.STARTED: "started_at", columns.ENDED: "ended_at"}
    return TRIALS.c[stored.get(name, name)]
