"""Which trial to take: the best under a limit, the smallest above an accuracy, the knee."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from space.errors import InputError, closest

from .. import columns
from ..errors import NoTrialError
from ..frames import finished_frame, front_frame
from ..schema import FINISHED, TRIALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement

    from ..store import Store

_MOST = "max_"


def best(store: Store, study_id: int, limits: Mapping[str, float]) -> int:
    """Return the number of the most accurate finished trial within limits.

    Of equally accurate ones it is the smallest by the limits given, or else by params.

    Args:
        store: Where the study stands.
        study_id: The study.
        limits: By name: ``max_`` and one of `columns.SIZES`.

    Raises:
        InputError: A limit is not known, or is not a number.
        NoTrialError: No finished trial is within the limits; says how small they get.
    """
    sizes = {_size_of(name, limit): limit for name, limit in limits.items()}
    order = [TRIALS.c[name] for name in sizes or [columns.PARAMS]]
    inside = [TRIALS.c[name] <= limit for name, limit in sizes.items()]
    number = _first(store, study_id, inside, [TRIALS.c.accuracy.desc(), *order])
    if number is None:
        told = ", ".join(f"{name} {limit:,}" for name, limit in limits.items()) or "no limit"
        rule = "a finished trial must be that small" if limits else "a trial must have finished"
        raise NoTrialError("limits", rule, told, _smallest(store, study_id, list(sizes)))
    return number


def smallest(
    store: Store, study_id: int, size: str, min_accuracy: float, confidence: float | None
) -> int:
    """Return the number of the smallest finished trial that is accurate enough.

    Args:
        store: Where the study stands.
        study_id: The study.
        size: What small means: one of `columns.SIZES`.
        min_accuracy: A fraction.
        confidence: Ask the finals instead: the lower confidence bound of a trial's mean accuracy
            over seeds must reach the accuracy (see `confidence.sure_frame`).

    Raises:
        InputError: The accuracy is no fraction.
        NoTrialError: No trial is accurate enough; says how accurate they get.
    """
    if not 0 <= min_accuracy <= 1:
        hint = f"Write {min_accuracy / 100:g}." if 1 < min_accuracy <= 100 else ""
        rule = "an accuracy must be a fraction from 0 to 1"
        raise InputError("min_accuracy", rule, min_accuracy, hint)
    if confidence is not None:
        return _smallest_sure(store, study_id, size, min_accuracy, confidence)
    enough = [TRIALS.c.accuracy >= min_accuracy, TRIALS.c[size].is_not(None)]
    number = _first(store, study_id, enough, [TRIALS.c[size], TRIALS.c.accuracy.desc()])
    if number is None:
        reached = finished_frame(store, study_id)[columns.ACCURACY].max()
        hint = "No trial has finished."
        if not math.isnan(reached):
            hint = f"The best reached {reached:.4f}."
        raise NoTrialError("min_accuracy", "a finished trial must reach it", min_accuracy, hint)
    return number


def _smallest_sure(
    store: Store, study_id: int, size: str, min_accuracy: float, confidence: float
) -> int:
    from .confidence import sure_frame  # noqa: PLC0415  scipy.stats loads slowly

    sure = sure_frame(store, study_id, confidence)
    enough = sure.index[sure["low"] >= min_accuracy]
    trials = finished_frame(store, study_id, size).dropna(subset=[size])
    kept = trials[trials[columns.NUMBER].isin(enough)].sort_values([size, columns.NUMBER])
    if kept.empty:
        rule = f"a trial's finals must reach it at {confidence:.3g} confidence"
        hint = "The surest reaches {:.6g}.".format(sure["low"].max())
        told = hint if len(sure) else "No trial has two finals yet: sizewise finals trains them."
        raise NoTrialError("min_accuracy", rule, min_accuracy, told)
    return int(kept[columns.NUMBER].iloc[0])


def knee(frame: pd.DataFrame, size: str) -> int:
    """Return the number of the trial at the knee of a front.

    The knee is the member farthest above the straight line between the two ends of the front
    (Das 1999, "On characterizing the 'knee' of the Pareto curve based on normal-boundary
    intersection"), where accuracy and the logarithm of size are both scaled to [0, 1] between those
    ends. Beyond it more size buys less than on the whole. Of two members neither is above the
    line: then it is the smaller.

    Args:
        frame: Finished trials: at least number, accuracy and size.
        size: One of `columns.SIZES`, above 0.

    Raises:
        NoTrialError: The front is empty.
    """
    front = front_frame(frame, size)
    if front.empty:
        raise NoTrialError("front", "a front must have a member", "none", "No trial has finished.")
    along = _scaled(np.log(front[size].to_numpy(dtype=np.float64)))
    above = _scaled(front[columns.ACCURACY].to_numpy(dtype=np.float64)) - along
    return int(front[columns.NUMBER].iloc[int(np.argmax(np.round(above, 12)))])


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    span = values[-1] - values[0]
    return (values - values[0]) / span if span > 0 else np.zeros_like(values)


def _first(
    store: Store, study_id: int, kept: list[ColumnElement[bool]], order: list[Any]
) -> int | None:
    mine = (TRIALS.c.study_id == study_id) & (TRIALS.c.state == FINISHED)
    known = select(TRIALS.c.number).where(mine, TRIALS.c.accuracy.is_not(None), *kept)
    found = store.read(known.order_by(*order, TRIALS.c.number).limit(1))
    return int(found[0].number) if found else None


def _smallest(store: Store, study_id: int, sizes: list[str]) -> str:
    finished = finished_frame(store, study_id, *sizes)
    if finished.empty:
        return "No trial has finished."
    told = ", ".join(f"{name} {finished[name].min():,}" for name in sizes)
    return f"The smallest have {told}." if told else ""


def _size_of(name: str, limit: float) -> str:
    known = [_MOST + size for size in columns.SIZES]
    if name not in known:
        raise InputError(name, "a limit must be on a known size", name, closest(name, known))
    if not limit > 0:
        raise InputError(name, "a limit must be above 0", limit)
    return name.removeprefix(_MOST)
