"""What bridges hand over of each trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .. import columns
from .points import points_of, space_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


@dataclass(frozen=True, slots=True)
class Told:
    """A trial in plain values.

    ``row`` has the columns of `columns.TRIALS`, and each of ``epochs`` those of `columns.CURVES`,
    both without what is missing; ``choices`` are the labels of the space.
    """

    row: dict[str, Any]
    choices: dict[str, str | int | float]
    epochs: list[dict[str, Any]]

    @property
    def number(self) -> int:
        """The trial's number."""
        return int(self.row[columns.NUMBER])

    @property
    def started(self) -> float:
        """When its last attempt began, in seconds since 1970."""
        return float(self.row[columns.STARTED].timestamp())

    @property
    def ended(self) -> float | None:
        """When it ended, in seconds since 1970; None while it runs."""
        moment = self.row.get(columns.ENDED)
        return None if moment is None else float(moment.timestamp())

    def moments(self) -> list[float]:
        """Return when each epoch ended, in seconds since 1970.

        They are counted back from the trial's end, since an earlier attempt may have trained the
        first ones; while it runs, they are counted from its start.
        """
        passed = np.cumsum([each.get(columns.SECONDS, 0.0) for each in self.epochs])
        if self.ended is None or not len(passed):
            return list(map(float, self.started + passed))
        return list(map(float, self.ended - passed[-1] + passed))


def told_trials(study: Study) -> Iterator[Told]:
    """Yield the trials of a study, by number."""
    space, points = space_of(study.store, study.record), points_of(study.store, study.record.id)
    if space is None:
        return
    epochs = study.epochs()
    numbers = epochs[columns.NUMBER].to_numpy()
    for row in study.trials().to_dict("records"):
        number = row[columns.NUMBER]
        first, behind = np.searchsorted(numbers, [number, number + 1])
        curve = epochs.iloc[first:behind].to_dict("records")
        choices = space.labels(points[number])
        yield Told(_present(row), choices, [_present(epoch) for epoch in curve])


def _present(row: dict[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not pd.isna(value)}
