"""A study to read: what a notebook and the command line begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from space import Architecture

from . import columns, front
from .comparing import compare
from .finals import finalists_frame, smallest_proven, with_verdicts
from .frames import epochs_frame, finals_frame, front_frame, trials_frame

if TYPE_CHECKING:
    import pandas as pd

    from .comparing import Comparison
    from .records import StudyRecord
    from .store import Store


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
        return finalists_frame(self.store, self._id, self.trials(), self.record.size)

    def front(self, size: str | None = None) -> pd.DataFrame:
        """Return the finished trials that no other beats on accuracy and size, the smallest first.

        The columns are those of `columns.FRONT`: ``verdict`` says what the finals found, and is
        missing before them. Who took the place of a demoted member in the finals is added.

        Args:
            size: One of `columns.SIZES`; the study's own where none is given.
        """
        chosen, trials = size or self.record.size, self.trials()
        front = front_frame(trials, chosen)
        return with_verdicts(front, trials, self.finalists(), chosen)

    def hypervolume(
        self, size: str | None = None, *, reference_size: float | None = None, log: bool = False
    ) -> float:
        """Return the area under the front (see `results.front.hypervolume`).

        Args:
            size: One of `columns.SIZES`; the study's own where none is given.
            reference_size: The largest size that counts. Where none is given, the job's limit on
                that size, or else the largest size of all trials.
            log: Measure size on a log scale, so that the area is a share in [0, 1].
        """
        record = self.record
        chosen = size or record.size
        trials = self.trials()
        finished = trials[trials[columns.STATE] == "finished"]
        limit = reference_size or (record.job.get("limits") or {}).get(chosen)
        if limit is None and len(trials):
            limit = float(trials[chosen].max())
        accuracy, sizes = finished[columns.ACCURACY], finished[chosen]
        return front.hypervolume(accuracy, sizes, reference_size=limit, log=log)

    def smallest(
        self, min_accuracy: float, *, confidence: float = 0.95, size: str | None = None
    ) -> int | None:
        """Return the smallest trial that the finals show to be accurate enough, None without one.

        See `results.finals.smallest_proven` for what is shown, and how.

        Args:
            min_accuracy: Of the test images, a fraction in [0, 1].
            confidence: In (0.5, 1).
            size: One of `columns.SIZES`; the study's own where none is given.
        """
        wanted = {"min_accuracy": min_accuracy, "confidence": confidence}
        chosen = size or self.record.size
        return smallest_proven(self.finalists(), self.finals(), size=chosen, **wanted)

    def compare(self, *numbers: int) -> Comparison:
        """Return two to six trials side by side: layers, curves, and which images changed sides.

        Raises:
            InputError: There are fewer than two, more than six, one twice, or no such trial.
        """
        return compare(self, numbers)

    def architecture(self, number: int) -> Architecture:
        """Return the architecture of a trial."""
        return Architecture.from_dict(self.store.trial(self._id, number).architecture)
