"""A study to read: what a notebook and the command line begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import numpy as np
from sqlalchemy import func, select

from space import Architecture
from space.errors import InputError, closest

from . import columns, front
from .answers import choosing
from .comparing import compare
from .finals import DEMOTED, finalists_frame, with_verdicts
from .frames import epochs_frame, finals_frame, finished_frame, trials_frame
from .front_query import front_numbers
from .schema import TRIALS

if TYPE_CHECKING:
    import pandas as pd

    from .comparing import Comparison
    from .records import StudyRecord, TrialRecord
    from .store import Store

_MICROSECONDS = 1000
"""In a millisecond."""


@final
class Study:
    """One study of a store; every call reads what stands there now.

    Args:
        store: Where the study stands.
        name: Its name.

    Raises:
        UnknownStudyError: There is no such study; names those that are most like it.
    """

    def __init__(self, store: Store, name: str) -> None:
        self.store = store
        self.name = name
        self._id = self.record.id

    @property
    def record(self) -> StudyRecord:
        """The study's documents and state."""
        return self.store.study(self.name)

    def count(self) -> int:
        """Return how many trials there are, in any state."""
        mine = select(func.count()).where(TRIALS.c.study_id == self._id)
        return int(self.store.read(mine)[0][0])

    def trials(self) -> pd.DataFrame:
        """Return all trials, by number: the columns of `columns.TRIALS`."""
        return trials_frame(self.store, self._id)

    def epochs(self) -> pd.DataFrame:
        """Return all epochs, by trial and epoch: the columns of `columns.CURVES`."""
        return epochs_frame(self.store, self._id)

    def finals(self) -> pd.DataFrame:
        """Return all finals, by trial, stage and seed: the columns of `columns.FINALS`."""
        return finals_frame(self.store, self._id)

    def finalists(self) -> pd.DataFrame:
        """Return those in the finals, the smallest first: the columns of `columns.FINALISTS`.

        One row a network, with its verdict, and with mean, spread and interval over its trainings.
        """
        return finalists_frame(self.store, self._id, self.record.size)

    def front(self, size: str | None = None) -> pd.DataFrame:
        """Return the finished trials that no other beats on accuracy and size, the smallest first.

        Where the study weighs accuracy against two sizes, a trial is beaten on all three.

        The columns are those of `columns.MEMBERS`: ``verdict`` says what the finals found, and is
        missing before them. Who took the place of a demoted member in the finals is added.

        Args:
            size: One of `columns.SIZES`; the study's own, one or two, where none is given.

        Raises:
            InputError: The size is not known, or no finished trial has it.
        """
        sizes, finalists = self.sizes(size), self.finalists()
        chosen, *_ = sizes
        numbers = front_numbers(self.store, self._id, *sizes)
        if not numbers:
            self._finished(sizes)
        kept = finalists.loc[finalists[columns.VERDICT] != DEMOTED, columns.NUMBER]
        members = trials_frame(self.store, self._id, numbers={*numbers, *kept})
        return with_verdicts(members, finalists, chosen)

    def hypervolume(
        self, size: str | None = None, *, reference_size: float | None = None, log: bool = False
    ) -> float:
        """Return the area under the front (see `results.front.hypervolume`).

        Args:
            size: One of `columns.SIZES`; the study's own, one or two, where none is given.
            reference_size: The largest size that counts. Where none is given, the job's limit on
                a size, or else the largest of all trials.
            log: Measure size on a log scale, from 1 (latency from 1 microsecond) to the reference,
                so that the area is a share in [0, 1].
        """
        sizes = self.sizes(size)
        finished = self._finished(sizes)
        units = [_MICROSECONDS if log and name == columns.LATENCY_MS else 1 for name in sizes]
        limits = [reference_size or self._limit(name) for name in sizes]
        return front.hypervolume(
            finished[columns.ACCURACY],
            finished[list(sizes)] * units,
            reference_size=np.array(limits, dtype=np.float64) * units,
            log=log,
        )

    def compare(self, *numbers: int) -> Comparison:
        """Return two to six trials side by side: layers, curves, and which images changed sides.

        Raises:
            InputError: There are fewer than two, more than six, one twice, or no such trial.
        """
        return compare(self, numbers)

    def best(self, **limits: float) -> TrialRecord:
        """Return the most accurate finished trial within limits.

        Args:
            limits: ``max_`` and one of `columns.SIZES`, such as ``max_params=20_000``.

        Raises:
            InputError: A limit is not known.
            NoTrialError: No finished trial is that small; says how small they get.
        """
        return self.trial(choosing.best(self.store, self._id, limits))

    def smallest(
        self, *, min_accuracy: float, confidence: float | None = None, size: str | None = None
    ) -> TrialRecord:
        """Return the smallest finished trial that is accurate enough.

        Args:
            min_accuracy: A fraction.
            confidence: Ask the finals instead of the search, such as 0.95: how accurate the trial
                is at least, over seeds (see `results.answers.confidence`).
            size: What small means: one of `columns.SIZES`; the study's own where none is given.

        Raises:
            NoTrialError: No trial is accurate enough; says how accurate they get.
        """
        chosen = self.size(size)
        number = choosing.smallest(self.store, self._id, chosen, min_accuracy, confidence)
        return self.trial(number)

    def knee(self, size: str | None = None) -> TrialRecord:
        """Return the trial of the front beyond which more size buys less than on the whole.

        `results.answers.choosing.knee` tells the definition.

        Raises:
            NoTrialError: The front is empty.
        """
        chosen = self.size(size)
        return self.trial(choosing.knee(self.front(chosen), chosen))

    def importance(self, size: str | None = None) -> pd.DataFrame:
        """Return which choices bought accuracy and which bought size, the most for accuracy first.

        `results.answers.importance` tells how; the columns are those of `columns.IMPORTANCE`.

        Args:
            size: One of `columns.SIZES`; the study's own where none is given.

        Raises:
            NoTrialError: Too few trials have finished.
        """
        # scikit-learn takes a second to import.
        from .answers.importance import importance_frame  # noqa: PLC0415

        return importance_frame(self.store, self.record, self.size(size))

    def what_size_bought(self) -> pd.DataFrame:
        """Return what accuracy the parameters of each stage, and of the head, went with.

        `results.answers.bought` tells how; the columns are those of `columns.BOUGHT`.

        Raises:
            NoTrialError: Too few trials have finished.
        """
        # scikit-learn takes a second to import.
        from .answers.bought import bought_frame  # noqa: PLC0415

        return bought_frame(self.store, self.record)

    def trial(self, number: int) -> TrialRecord:
        """Return a trial with its documents."""
        return self.store.trial(self._id, number)

    def size(self, size: str | None = None) -> str:
        """Return a size if there is one of that name; the study's own where none is given."""
        if size is not None and size not in columns.SIZES:
            rule = "must be a cost of networks"
            raise InputError("size", rule, size, closest(size, columns.SIZES))
        return size or self.record.size

    def sizes(self, size: str | None = None) -> tuple[str, ...]:
        """Return one size if there is one of that name; the study's own, one or two, without."""
        return self.record.sizes if size is None else (self.size(size),)

    def architecture(self, number: int) -> Architecture:
        """Return the architecture of a trial."""
        return Architecture.from_dict(self.store.trial(self._id, number).architecture)

    def _limit(self, size: str) -> float | None:
        limit = (self.record.job.get("limits") or {}).get(size)
        if limit is None:
            largest = select(func.max(TRIALS.c[size])).where(TRIALS.c.study_id == self._id)
            limit = self.store.read(largest)[0][0]
        return None if limit is None else float(limit)

    def _finished(self, sizes: tuple[str, ...]) -> pd.DataFrame:
        finished = finished_frame(self.store, self._id, *sizes)
        for size in sizes:
            if len(finished) and finished[size].isna().all():
                rule = "it must have been measured for a finished trial"
                raise InputError("size", rule, size)
        return finished
