"""A store, whatever database it stands on."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from space.errors import InputError, closest

from .. import rows
from ..columns import SIZES
from ..connection import FOLDER_VARIABLE, absolute, connect, is_file, shown, writing
from ..errors import StoreError, StudyExistsError
from ..names import check_name, first_free
from ..schema import ENVIRONMENTS, EPOCHS, FINALS, RUNNING, STUDIES, TRIALS
from . import finals, studies, trials
from .changes import change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from _typeshed import DataclassInstance
    from sqlalchemy import CompoundSelect, Connection, Engine, Row, Select

    from ..records import (
        EnvironmentRecord,
        EpochRecord,
        FinalRecord,
        StudyRecord,
        TrialRecord,
        TrialStart,
    )

_PART: Final = 2_000
"""Rows in memory at once where columns are read: fewer than the collector of garbage looks at."""


def open_store(url: str | None = None) -> Store:
    """Return the store at ``url``, created with its folder and schema where there is none.

    Args:
        url: A database URL of SQLAlchemy. None stands for the environment's SIZEWISE_STORE, or else
            for ``sqlite:///runs/sizewise.db`` in the working directory.

    Raises:
        StoreError: The database cannot be reached, is not a store, or is one of another version.
    """
    store = Store(url)
    store.connect()
    return store


def weights_path(store: Store, study_name: str, number: int) -> Path:
    """Return where the weights of a trial lie, whether they are there or not."""
    return store.folder(study_name) / "weights" / f"{number}.safetensors"


@final
class Store:
    """Studies, trials, epochs and environments in a database.

    Each method is one transaction: it happens whole or not at all, and returns when it is
    committed. Readers never wait for a writer, nor a writer for readers. One process writes a
    study: the driver. A pickled store carries its address only, and connects when it is next used.
    """

    def __init__(self, url: str | None = None) -> None:
        self._url = absolute(url)
        self._engine: Engine | None = None

    def __getstate__(self) -> dict[str, str]:
        return {"url": self.url}

    def __setstate__(self, state: dict[str, str]) -> None:
        self._url = absolute(state["url"])
        self._engine = None

    def __repr__(self) -> str:
        return f"Store({shown(self._url)!r})"

    @property
    def url(self) -> str:
        """The address that opens this store again, from any folder."""
        return self._url.render_as_string(hide_password=False)

    def connect(self) -> Engine:
        """Return the engine, opened and checked at the first call (see `open_store` for errors)."""
        if self._engine is None:
            self._engine = connect(self._url)
        return self._engine

    def close(self) -> None:
        """Give all connections back; the next call of any method opens them again."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def folder(self, study_name: str) -> Path:
        """Return the folder of a study's files, whether it is there or not.

        It lies beside an SQLite file, and else where the environment's SIZEWISE_RUNS says, or in
        ``runs`` in the working directory.
        """
        if is_file(self._url):
            beside = Path(str(self._url.database)).parent
        else:
            beside = Path(os.environ.get(FOLDER_VARIABLE) or "runs").expanduser().absolute()
        return beside / check_name(study_name)

    # Studies

    def create_study(  # noqa: PLR0913 - a study is these documents
        self,
        name: str,
        job: Mapping[str, Any],
        *,
        data: Mapping[str, Any],
        space: Mapping[str, Any],
        seed: int,
        size: str,
    ) -> StudyRecord:
        """Return a new study in state ``running``.

        Args:
            name: Letters, digits, dots, underscores and dashes.
            job: The job as a JSON document, as it was given.
            data: What the data are, with their hash.
            space: The search space as a JSON document.
            seed: Where all chance in the study comes from.
            size: The cost that accuracy is weighed against: one of `columns.SIZES`.

        Raises:
            StudyExistsError: The name is taken.
            InputError: The name or the size is not allowed.
        """
        self._check_new(name, size)
        now = time.time()
        values = {"name": name, "state": RUNNING, "seed": seed, "size": size}
        documents = {"job": dict(job), "data": dict(data), "space": dict(space)}
        statement = insert(STUDIES).values(**values, created_at=now, changed_at=now, **documents)
        try:
            with self.write() as connection:
                connection.execute(statement)
                return rows.study(studies.find(connection, name))
        except IntegrityError:
            raise StudyExistsError(
                "study", "a new study's name must be free", name, f"Free: {self.next_name(name)!r}."
            ) from None

    def _check_new(self, name: str, size: str) -> None:
        if size not in SIZES:
            raise InputError("size", "it must be a cost of networks", size, closest(size, SIZES))
        if (folder := self.folder(name)).exists() and not folder.is_dir():
            raise InputError("study", "its folder must not be a file", str(folder))

    def next_name(self, stem: str) -> str:
        """Return ``stem``, or the first of ``stem-2``, ``stem-3``, … that no study has."""
        check_name(stem)
        return first_free(stem, {row.name for row in self.read(select(STUDIES.c.name))})

    def study(self, name: str) -> StudyRecord:
        """Return the study called ``name``.

        Raises:
            UnknownStudyError: There is none; names those that are most like it.
        """
        with self._read() as connection:
            return rows.study(studies.find(connection, name))

    def studies(self) -> list[StudyRecord]:
        """Return all studies, the oldest first."""
        return [rows.study(row) for row in self.read(select(STUDIES).order_by(STUDIES.c.id))]

    def set_study_state(self, study_id: int, state: str, reason: str | None = None) -> None:
        """Note why a study is ``running``, ``interrupted``, ``finished`` or ``failed``."""
        with self.write() as connection:
            studies.set_state(connection, study_id, state, reason)

    def record_environment(self, study_id: int, environment: Mapping[str, Any]) -> None:
        """Add where a study runs now: versions, device, revision; once for each start."""
        with self.write() as connection:
            studies.record_environment(connection, study_id, environment)

    def see(self, study_id: int) -> None:
        """Note that the latest start of a study runs still, so that its length is known."""
        with self.write() as connection:
            studies.see(connection, study_id)

    def environments(self, study_id: int) -> list[EnvironmentRecord]:
        """Return where a study ran, the first start first."""
        mine = select(ENVIRONMENTS).where(ENVIRONMENTS.c.study_id == study_id)
        return [rows.environment(row) for row in self.read(mine.order_by(ENVIRONMENTS.c.id))]

    # Trials

    def start_trial(self, study_id: int, start: TrialStart) -> int:
        """Add a trial in state ``running`` and return its id.

        Raises:
            StoreError: The study does not exist or has a trial of that number.
            InputError: The architecture is not one that can be read back.
        """
        with self.write() as connection:
            return trials.begin(connection, study_id, start)

    def record_epoch(
        self,
        trial_id: int,
        *reports: Mapping[str, Any] | DataclassInstance,
        end: tuple[str, str] | None = None,
        expected: tuple[float, float] | None = None,
    ) -> None:
        """Add epochs of a running trial, in place of the first of them and any later ones.

        Args:
            trial_id: As `start_trial` gave it.
            reports: In order, each the fields of `EpochRecord`, as a mapping or a dataclass. What
                is not a number is allowed.
            end: State and reason where the trial ends with the last, as `end_trial` takes them.
            expected: The accuracy with which a stopped trial would have ended, and how far that may
                be off, as a standard deviation; nan where nothing is known.

        Raises:
            StoreError: The trial does not run, or the report has other fields.
        """
        with self.write() as connection:
            last = trials.record(connection, trial_id, reports)
            if end is not None:
                trials.end(connection, trial_id, end, last, expected)

    def end_trial(self, trial_id: int, state: str, reason: str) -> None:
        """End a running trial, with the accuracy and loss of its last epoch, if it had one.

        Args:
            trial_id: As `start_trial` gave it.
            state: ``finished``, ``stopped`` or ``failed``.
            reason: Why, as a person reads it.

        Raises:
            StoreError: The trial does not run, or the reason is empty.
        """
        with self.write() as connection:
            trials.check_running(connection, trial_id)
            last = trials.last_epoch(connection, trial_id)
            trials.end(connection, trial_id, (state, reason), last, None)

    def restart_trial(self, trial_id: int, *, keep: int = 0, reason: str | None = None) -> None:
        """Let a running or failed trial go on behind epoch ``keep``; its attempt counts one more.

        Args:
            trial_id: As `start_trial` gave it.
            keep: The last epoch that still counts; later ones are forgotten.
            reason: Why the attempt before ended, to be kept in ``restarts``.

        Raises:
            StoreError: The trial was finished or stopped, or does not exist.
        """
        with self.write() as connection:
            trials.restart(connection, trial_id, keep, reason)

    def record_latency(self, trial_id: int, milliseconds: float) -> None:
        """Note the time that the network of a trial takes for one image."""
        values = {"latency_ms": milliseconds}
        with self.write() as connection:
            mine = TRIALS.c.id == trial_id
            change(connection, TRIALS, mine, values, "the trial must exist", trial_id)

    def trials(self, study_id: int) -> list[TrialRecord]:
        """Return all trials of a study with their documents, by number.

        For many trials `results.frames.trials_frame` is much quicker: it leaves the documents out.
        """
        mine = rows.TRIAL.where(TRIALS.c.study_id == study_id).order_by(TRIALS.c.number)
        return [rows.trial(row) for row in self.read(mine)]

    def trial(self, study_id: int, number: int) -> TrialRecord:
        """Return one trial of a study.

        Raises:
            StoreError: The study has no trial of that number.
        """
        one = (TRIALS.c.study_id == study_id) & (TRIALS.c.number == number)
        found = self.read(rows.TRIAL.where(one))
        if not found:
            raise StoreError("trial", "the study must have a trial of that number", number)
        return rows.trial(found[0])

    def epochs(self, trial_id: int) -> list[EpochRecord]:
        """Return the epochs of a trial, the first one first."""
        mine = select(EPOCHS).where(EPOCHS.c.trial_id == trial_id).order_by(EPOCHS.c.epoch)
        return [rows.epoch(row) for row in self.read(mine)]

    # Finals

    def start_final(self, trial_id: int, stage: str, seed: int) -> int:
        """Add a final in state ``running`` and return its id.

        One of the same trial, stage and seed that was lost or failed is replaced.

        Args:
            trial_id: As `start_trial` gave it.
            stage: ``validation`` or ``test``.
            seed: Where all chance of this training comes from.

        Raises:
            StoreError: There is no such trial, or that final is finished.
        """
        with self.write() as connection:
            return finals.begin(connection, trial_id, stage, seed)

    def end_final(  # noqa: PLR0913 - a final is these numbers
        self,
        final_id: int,
        state: str,
        reason: str,
        *,
        epochs: int = 0,
        accuracy: float | None = None,
        loss: float | None = None,
        seconds: float | None = None,
    ) -> None:
        """End a running final.

        Args:
            final_id: As `start_final` gave it.
            state: ``finished`` or ``failed``.
            reason: Why, as a person reads it.
            epochs: How many it was trained.
            accuracy: Fraction of the stage's images told rightly; nan and None are one.
            loss: Mean loss of the stage's images.
            seconds: How long it took.

        Raises:
            StoreError: The final does not run, or the reason is empty.
        """
        numbers = {"epochs": epochs, "accuracy": accuracy, "loss": loss, "seconds": seconds}
        with self.write() as connection:
            finals.end(connection, final_id, (state, reason), numbers)

    def finals(self, study_id: int) -> list[FinalRecord]:
        """Return all finals of a study, by trial, stage (validation, then test) and seed."""
        order = (TRIALS.c.number, FINALS.c.stage.desc(), FINALS.c.seed)
        mine = rows.FINAL.where(FINALS.c.study_id == study_id).order_by(*order)
        return [rows.final(row) for row in self.read(mine)]

    def read(self, statement: Select[Any] | CompoundSelect[Any]) -> Sequence[Row[Any]]:
        """Return the rows of any query, from one moment of the store."""
        with self._read() as connection:
            return connection.execute(statement).all()

    def read_columns(self, statement: Select[Any] | CompoundSelect[Any]) -> list[list[Any]]:
        """Return the columns of any query, from one moment of the store.

        Of a hundred thousand rows that takes half as long as `read`: none of them is kept.
        """
        with self._read() as connection:
            found = connection.execute(statement)
            columns: list[list[Any]] = [[] for _ in range(len(found.keys()))]
            for rows in found.partitions(_PART):
                for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                    column.extend(values)
        return columns

    def _read(self) -> AbstractContextManager[Connection]:
        return self.connect().begin()

    def write(self) -> AbstractContextManager[Connection]:
        """Return a transaction that writes: committed at its end, undone by any exception."""
        return writing(self.connect()).begin()
