"""What is left of a study's budget."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, final

from results.finals import RULES_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from results.records import EnvironmentRecord

    from .job import Budget


def minutes_spent(starts: Iterable[EnvironmentRecord]) -> float:
    """Return how long a study searched in its earlier starts, in minutes; finals do not count."""
    searches = (start for start in starts if RULES_KEY not in start.environment)
    return sum((start.seen - start.recorded).total_seconds() for start in searches) / 60


@final
class Purse:
    """Says whether a further trial can be paid for, and else what is used up.

    Args:
        budget: As the job has it.
        epochs: How many a trial may take.
        before: Minutes that the study ran before.
    """

    def __init__(self, budget: Budget, *, epochs: int, before: float = 0.0) -> None:
        self._budget = budget
        self._epochs = epochs
        self._before = before
        self._began = time.monotonic()

    def used_up(self, trials: int, epochs: int) -> str | None:
        """Return what keeps another trial from being started, or None where nothing does.

        Args:
            trials: How many were started.
            epochs: How many were trained, or will be by the trials that run.
        """
        budget = self._budget
        if trials >= budget.trials:
            return f"its budget of {budget.trials:,} trials is spent"
        if budget.epochs is not None and epochs + self._epochs > budget.epochs:
            return f"its budget of {budget.epochs:,} epochs leaves none for another trial"
        minutes = (time.monotonic() - self._began) / 60
        if budget.minutes is not None and minutes >= budget.minutes:
            return f"its budget of {budget.minutes:g} minutes is spent"
        whole = self._before + minutes
        if budget.study_minutes is not None and whole >= budget.study_minutes:
            return f"its budget of {budget.study_minutes:g} minutes in all starts is spent"
        return None
