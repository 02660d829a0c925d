"""The smallest network that is shown to be accurate enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import columns
from ..schema import FINISHED, TEST
from .intervals import summarise

if TYPE_CHECKING:
    import pandas as pd


def smallest_proven(
    finalists: pd.DataFrame,
    finals: pd.DataFrame,
    *,
    size: str = columns.PARAMS,
    min_accuracy: float,
    confidence: float = 0.95,
) -> int | None:
    """Return the smallest trial whose test accuracy is shown to be high enough, None without one.

    Shown is what Student's one-sided lower bound of the mean, over the trainings with fresh seeds,
    does not fall below. The networks are asked from the largest to the smallest, and the first that
    fails ends it: so the answer is wrong with a chance of at most ``1 - confidence``, however many
    there are (a fixed sequence of tests: Maurer, Hothorn and Lehmacher, 1995). The bound speaks of
    further trainings, judged by the same test images.

    Args:
        finalists: As `Study.finalists` gives it.
        finals: As `Study.finals` gives it.
        size: One of `columns.SIZES`.
        min_accuracy: Fraction in [0, 1].
        confidence: In (0.5, 1).
    """
    told = finals[(finals[columns.STAGE] == TEST) & (finals[columns.STATE] == FINISHED)]
    by_trial = told.groupby(columns.NUMBER)[columns.ACCURACY]
    accuracies = {number: values.to_list() for number, values in by_trial}
    smallest: int | None = None
    for number in finalists.sort_values(size, ascending=False)[columns.NUMBER]:
        if number in accuracies:
            if not summarise(accuracies[number], confidence).bound >= min_accuracy:
                break
            smallest = int(number)
    return smallest
