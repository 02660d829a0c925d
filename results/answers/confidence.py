"""How sure the finals make an accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from space.errors import InputError

from .. import columns
from ..finals.intervals import summarise
from ..frames import finals_frame
from ..schema import FINISHED, TEST, VALIDATION

if TYPE_CHECKING:
    from ..store import Store


def sure_frame(store: Store, study_id: int, confidence: float) -> pd.DataFrame:
    """Return for each trial with two finals or more how accurate it is at least, by number.

    The finals on the test images count where there are some, else those on validation images.
    ``low`` is the one-sided lower bound of the mean over seeds by Student's distribution, with
    ``mean`` and ``n``: it tells how far chance of training may go, not chance of the images.

    Args:
        store: Where the study stands.
        study_id: The study.
        confidence: From 0.5 up to, but below, 1.
    """
    if not 0.5 <= confidence < 1:
        raise InputError("confidence", "it must be from 0.5 up to, but below, 1", confidence)
    finals = finals_frame(store, study_id)
    finals = finals[finals[columns.STATE] == FINISHED].dropna(subset=[columns.ACCURACY])
    tested = (finals[columns.STAGE] == TEST).any()
    judged = finals[finals[columns.STAGE] == (TEST if tested else VALIDATION)]
    groups = judged.groupby(columns.NUMBER)[columns.ACCURACY]
    told = {number: summarise(group, confidence) for number, group in groups}
    rows = {number: (one.mean, one.n, one.bound) for number, one in told.items() if one.n >= 2}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "n", "low"])
