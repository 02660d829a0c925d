"""Which trial of a study is exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import columns
from ..errors import ExportError
from ..frames import trials_frame
from ..schema import FINISHED

if TYPE_CHECKING:
    import pandas as pd

    from ..records import StudyRecord, TrialRecord
    from ..store import Store


def choose_trial(
    store: Store,
    study: StudyRecord,
    number: int | None = None,
    *,
    max_params: int | None = None,
    min_accuracy: float | None = None,
) -> TrialRecord:
    """Return the trial that a person means, in one of four ways.

    Args:
        store: Where the study stands.
        study: The study.
        number: The trial itself.
        max_params: The most accurate finished trial of at most so many params.
        min_accuracy: The smallest finished trial at least so accurate, a fraction; small is by the
            cost that the study weighs accuracy against. Without any, the most accurate one of all.

    Raises:
        ExportError: More than one way is given, a value is out of range, or no trial is like that;
            the message names the nearest one.
        StoreError: There is no such trial.
    """
    ways = {"TRIAL": number, "--max-params": max_params, "--min-accuracy": min_accuracy}
    given = [f"{name} {value}" for name, value in ways.items() if value is not None]
    if len(given) > 1:
        rule = "one of TRIAL, --max-params and --min-accuracy must say which trial"
        raise ExportError("trial", rule, ", ".join(given))
    if number is not None:
        return store.trial(study.id, number)
    finished = _finished(store, study)
    if min_accuracy is not None:
        chosen = _smallest(finished, study.size, min_accuracy)
    else:
        chosen = _most_accurate(finished, study.size, max_params)
    return store.trial(study.id, chosen)


def _finished(store: Store, study: StudyRecord) -> pd.DataFrame:
    trials = trials_frame(store, study.id)
    finished = trials[(trials[columns.STATE] == FINISHED) & trials[columns.ACCURACY].notna()]
    if finished.empty:
        raise ExportError("trial", "the study must have a finished trial to export", study.name)
    return finished


def _most_accurate(finished: pd.DataFrame, size: str, max_params: int | None) -> int:
    """Return the number of the most accurate trial; of equal ones the smallest, then the first."""
    within = finished if max_params is None else finished[finished[columns.PARAMS] <= max_params]
    if within.empty:
        nearest = finished.sort_values([columns.PARAMS, columns.NUMBER]).iloc[0]
        rule = "a finished trial must be so small"
        raise ExportError("--max-params", rule, max_params, _told("The smallest", nearest))
    order = [columns.ACCURACY, size, columns.NUMBER]
    best = within.sort_values(order, ascending=[False, True, True])
    return int(best[columns.NUMBER].iloc[0])


def _smallest(finished: pd.DataFrame, size: str, min_accuracy: float) -> int:
    """Return the number of the smallest trial; of equal ones the most accurate, then the first."""
    if not 0 < min_accuracy <= 1:
        hint = f"Write {min_accuracy / 100:g}." if 1 < min_accuracy <= 100 else ""
        rule = "an accuracy must be a fraction above 0, at most 1"
        raise ExportError("--min-accuracy", rule, min_accuracy, hint)
    order, ascending = [size, columns.ACCURACY, columns.NUMBER], [True, False, True]
    enough = finished[finished[columns.ACCURACY] >= min_accuracy]
    if enough.empty:
        nearest = finished.sort_values([columns.ACCURACY, size], ascending=[False, True]).iloc[0]
        rule = "a finished trial must be so accurate"
        told = _told("The most accurate", nearest)
        raise ExportError("--min-accuracy", rule, min_accuracy, told)
    return int(enough.sort_values(order, ascending=ascending)[columns.NUMBER].iloc[0])


def _told(which: str, trial: pd.Series) -> str:
    accuracy, params = trial[columns.ACCURACY], trial[columns.PARAMS]
    return f"{which} is trial {trial[columns.NUMBER]}: {accuracy:.4f} with {params:,} params."
