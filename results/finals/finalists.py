"""What the finals have found, as a frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from .. import columns
from ..frames import trials_frame
from ..front_query import front_numbers
from ..schema import FAILED, FINISHED, TEST, VALIDATION
from .entering import entrants_of
from .intervals import summarise
from .racing import Rules, judge
from .settings import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..records import FinalRecord
    from ..store import Store

    Done = dict[int, dict[int, float]]


def done_of(finals: Iterable[FinalRecord], stage: str) -> Done:
    """Return the accuracy by trial and seed of the trainings that ended, nan for a failed one."""
    done: Done = {}
    for final in finals:
        if final.stage == stage and final.state in {FINISHED, FAILED}:
            accuracy = math.nan if final.accuracy is None else final.accuracy
            done.setdefault(final.number, {})[final.seed] = accuracy
    return done


def finalists_frame(store: Store, study_id: int, size: str) -> pd.DataFrame:
    """Return those in the finals, the smallest first: the columns of `columns.FINALISTS`.

    Args:
        store: Where the study stands.
        study_id: The study.
        size: The cost that accuracy is weighed against, in the study.
    """
    finals = store.finals(study_id)
    if not finals:
        return pd.DataFrame(columns=list(columns.FINALISTS)).astype(columns.FINALISTS)
    raced, tested = (done_of(finals, stage) for stage in (VALIDATION, TEST))
    trials = racing_trials(store, study_id, size, raced)
    results = {number: list(runs.values()) for number, runs in raced.items()}
    rules = rules_of(store.environments(study_id)) or Rules()
    verdicts = judge(entrants_of(trials, size, results), rules)
    ours = trials[trials[columns.NUMBER].isin(list(verdicts))].copy()
    ours[columns.VERDICT] = [verdicts[n].word for n in ours[columns.NUMBER]]
    ours[columns.WHY] = [verdicts[n].reason for n in ours[columns.NUMBER]]
    for stage, done in ((VALIDATION, raced), (TEST, tested)):
        for name, values in _summaries(stage, done, ours[columns.NUMBER]).items():
            ours[name] = values
    ordered = ours.sort_values([size, columns.NUMBER], ignore_index=True)
    return ordered[list(columns.FINALISTS)].astype(columns.FINALISTS)


def racing_trials(
    store: Store, study_id: int, size: str, raced: Mapping[int, object]
) -> pd.DataFrame:
    """Return the front and whoever was trained again, of a study of any length."""
    numbers = {*front_numbers(store, study_id, size), *raced}
    return trials_frame(store, study_id, numbers=numbers)


def _summaries(stage: str, done: Done, numbers: Iterable[int]) -> dict[str, list[Any]]:
    told = [summarise(done.get(number, {}).values()) for number in numbers]
    return {
        f"{stage}_{name}": [getattr(each, name) for each in told]
        for name in ("n", "mean", "std", "margin")
    }


def with_verdicts(members: pd.DataFrame, finalists: pd.DataFrame, size: str) -> pd.DataFrame:
    """Return members of a front with what the finals say of them: the columns of `columns.MEMBERS`.

    Args:
        members: As `results.frames.trials_frame` gives them.
        finalists: As `finalists_frame` gives them.
        size: By which the members are ordered.
    """
    told = [columns.NUMBER, *list(columns.MEMBERS)[len(columns.TRIALS) :]]
    joined = members.merge(finalists[told], on=columns.NUMBER, how="left")
    ordered = joined.sort_values([size, columns.NUMBER], ignore_index=True)
    return ordered[list(columns.MEMBERS)].astype(columns.MEMBERS)
