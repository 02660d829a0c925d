"""Who races: the front of the search, and those whom a lucky member hid."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from .. import columns
from ..frames import front_mask
from ..front import is_front
from .racing import DEMOTED, Entrant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from .racing import Verdict


def entrants_of(
    trials: pd.DataFrame, size: str, results: Mapping[int, Sequence[float]]
) -> list[Entrant]:
    """Return those who race: the front of the search, and whoever was trained again before.

    Args:
        trials: As `results.frames.trials_frame` gives it.
        size: The cost to minimise.
        results: The accuracies of the trainings so far by trial, nan for a failed one.
    """
    numbers = trials[columns.NUMBER]
    racing = trials[front_mask(trials, size) | numbers.isin(list(results)).to_numpy()]
    pairs = zip(racing[columns.NUMBER], racing[size], strict=True)
    return [Entrant(int(n), float(cost), tuple(results.get(int(n), ()))) for n, cost in pairs]


def newcomers(
    finished: pd.DataFrame,
    size: str,
    entrants: Sequence[Entrant],
    verdicts: Mapping[int, Verdict],
) -> list[Entrant]:
    """Return the trials that demoted members hid, so that they join the race.

    Those are on the front once each network in the race stands at its mean, the demoted are gone,
    and all others stand at their accuracy in the search less what those in the race lost on average
    when they were trained again: it may be luck, too. So that one lucky point after the other
    cannot make a race of the whole study, at most as many join as began it, the smallest first.

    Args:
        finished: The finished trials: number, accuracy and size.
        size: The cost to minimise.
        entrants: Who races.
        verdicts: On these, once all are settled.
    """
    searched = finished[columns.ACCURACY].to_numpy(dtype=np.float64)
    sizes = finished[size].to_numpy(dtype=np.float64)
    began = int(is_front(searched, sizes).sum())
    room = began - (len(entrants) - began)
    means = {one.number: one.mean for one in entrants}
    gone = {number for number, verdict in verdicts.items() if verdict.word == DEMOTED}
    if not gone or room <= 0:
        return []
    numbers = finished[columns.NUMBER].to_numpy()
    told = dict(zip(numbers, searched, strict=True))
    luck = fmean(told[one.number] - one.mean for one in entrants if one.mean > 0)
    stands = [means.get(n, own - max(luck, 0.0)) for n, own in told.items()]
    stands = [np.nan if n in gone else at for n, at in zip(numbers, stands, strict=True)]
    front = is_front(np.array(stands), sizes)
    joining = [
        Entrant(int(n), float(cost))
        for n, cost, on in zip(numbers, sizes, front, strict=True)
        if on and n not in means
    ]
    return sorted(joining, key=lambda one: (one.size, one.number))[:room]
