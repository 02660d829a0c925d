"""Means of repeated trainings, how far they may be off, and whether one is above another.

Sources: Student, "The probable error of a mean", Biometrika 6 (1908); Welch, "The generalization of
Student's problem when several different population variances are involved", Biometrika 34 (1947).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from scipy.special import stdtr, stdtrit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Summary:
    """What ``n`` trainings of one network reached; nan where there are too few to tell.

    ``margin`` is half the width of the two-sided interval of the mean, ``bound`` the one-sided
    lower bound, both at the confidence that was asked for.
    """

    n: int
    mean: float
    std: float
    margin: float
    bound: float


def succeeded(accuracies: Iterable[float]) -> list[float]:
    """Return the accuracies of the trainings that came to an end; a failed one has nan."""
    return [accuracy for accuracy in accuracies if math.isfinite(accuracy)]


def summarise(accuracies: Iterable[float], confidence: float = 0.95) -> Summary:
    """Return mean, standard deviation (by n - 1) and Student's interval of the mean.

    Args:
        accuracies: One a training; nan for a failed one, which does not count.
        confidence: Of the interval and of the bound, in (0, 1).
    """
    known = succeeded(accuracies)
    n = len(known)
    mean = fmean(known) if n else math.nan
    if n < 2:
        return Summary(n, mean, math.nan, math.nan, math.nan)
    std = math.sqrt(_variance(known, mean))
    error = std / math.sqrt(n)
    two_sided, one_sided = (float(stdtrit(n - 1, q)) for q in ((1 + confidence) / 2, confidence))
    return Summary(n, mean, std, two_sided * error, mean - one_sided * error)


def chance_of_no_gain(
    one: Sequence[float], other: Sequence[float], *, step: float, n: int = 0
) -> float:
    """Return Welch's one-sided p: how likely so large a lead of ``one`` is if it has none.

    Args:
        one: At least two accuracies.
        other: Likewise.
        step: By how much one image changes an accuracy. Trainings that happen to agree show no
            spread at all; a standard deviation below one image is not believed.
        n: Answer as if there were at least so many trainings of each, with these means and spreads.
    """
    means = [fmean(each) for each in (one, other)]
    counts = [max(n, len(each)) for each in (one, other)]
    shares = [
        max(_variance(each, mean), step**2) / count
        for each, mean, count in zip((one, other), means, counts, strict=True)
    ]
    error = math.sqrt(sum(shares))
    lead = means[0] - means[1]
    if not error:
        return 0.5 - 0.5 * ((lead > 0) - (lead < 0))
    freedom = error**4 / sum(
        share**2 / (count - 1) for share, count in zip(shares, counts, strict=True)
    )
    return float(stdtr(freedom, -lead / error))


def _variance(values: Sequence[float], mean: float) -> float:
    # Not `statistics.variance`: its exact fractions take a hundred times as long.
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
