"""Which trial of a study is exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..answers import choosing
from ..errors import ExportError

if TYPE_CHECKING:
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
        ExportError: More than one way is given.
        InputError: A value is out of range, or no trial is like that; says how near they get.
        StoreError: There is no such trial.
    """
    ways = {"TRIAL": number, "--max-params": max_params, "--min-accuracy": min_accuracy}
    given = [f"{name} {value}" for name, value in ways.items() if value is not None]
    if len(given) > 1:
        rule = "one of TRIAL, --max-params and --min-accuracy must say which trial"
        raise ExportError("trial", rule, ", ".join(given))
    if number is None:
        limits = {} if max_params is None else {"max_params": max_params}
        if min_accuracy is None:
            number = choosing.best(store, study.id, limits)
        else:
            number = choosing.smallest(store, study.id, study.size, min_accuracy, None)
    return store.trial(study.id, number)
