"""What the finals have found, as a frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .. import columns
from ..schema import FAILED, FINISHED, TEST, VALIDATION
from .entering import entrants_of
from .intervals import summarise
from .racing import DEMOTED, Rules, judge
from .settings import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from ..records import FinalRecord
    from ..store import Store
    from .racing import Verdict

    Done = dict[int, dict[int, float]]


def done_of(finals: Iterable[FinalRecord], stage: str) -> Done:
    """Return the accuracy by trial and seed of the trainings that ended, nan for a failed one."""
    done: Done = {}
    for final in finals:
        if final.stage == stage and final.state in {FINISHED, FAILED}:
            accuracy = math.nan if final.accuracy is None else final.accuracy
            done.setdefault(final.number, {})[final.seed] = accuracy
    return done


def finalists_frame(store: Store, study_id: int, trials: pd.DataFrame, size: str) -> pd.DataFrame:
    """Return those in the finals, the smallest first: the columns of `columns.FINALISTS`.

    Args:
        store: Where the study stands.
        study_id: The study.
        trials: As `results.frames.trials_frame` gives it.
        size: The cost that accuracy is weighed against, in the study.
    """
    finals = store.finals(study_id)
    raced, tested = (done_of(finals, stage) for stage in (VALIDATION, TEST))
    verdicts: dict[int, Verdict] = {}
    if finals:
        rules = rules_of(store.environments(study_id)) or Rules()
        results = {number: list(runs.values()) for number, runs in raced.items()}
        verdicts = judge(entrants_of(trials, size, results), rules)
    ours = trials[trials[columns.NUMBER].isin(list(verdicts))].copy()
    ours[columns.VERDICT] = [verdicts[n].word for n in ours[columns.NUMBER]]
    ours[columns.WHY] = [verdicts[n].reason for n in ours[columns.NUMBER]]
    for stage, done in ((VALIDATION, raced), (TEST, tested)):
        for name, values in _summaries(stage, done, ours[columns.NUMBER]).items():
            ours[name] = values
    ordered = ours.sort_values([size, columns.NUMBER], ignore_index=True)
    return ordered[list(columns.FINALISTS)].astype(columns.FINALISTS)


def _summaries(stage: str, done: Done, numbers: Iterable[int]) -> dict[str, list[Any]]:
    told = [summarise(done.get(number, {}).values()) for number in numbers]
    return {
        f"{stage}_{name}": [getattr(each, name) for each in told]
        for name in ("n", "mean", "std", "margin")
    }


def with_verdicts(
    front: pd.DataFrame, trials: pd.DataFrame, finalists: pd.DataFrame, size: str
) -> pd.DataFrame:
    """Return a front with what the finals say of its members: the columns of `columns.FRONT`.

    Whoever took the place of a demoted member in the finals is added.
    """
    if finalists.empty:
        missing = {columns.VALIDATION_MEAN: math.nan, columns.VALIDATION_MARGIN: math.nan}
        return front.assign(**{columns.VERDICT: None}, **missing).astype(columns.FRONT)
    here = trials[columns.NUMBER].isin(front[columns.NUMBER])
    kept = finalists.loc[finalists[columns.VERDICT] != DEMOTED, columns.NUMBER]
    rows = trials[here | trials[columns.NUMBER].isin(kept)]
    told = [columns.NUMBER, *list(columns.FRONT)[len(columns.TRIALS) :]]
    joined = rows.merge(finalists[told], on=columns.NUMBER, how="left")
    ordered = joined.sort_values([size, columns.NUMBER], ignore_index=True)
    return ordered[list(columns.FRONT)].astype(columns.FRONT)
