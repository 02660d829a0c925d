"""The store: everything that was learnt, in one database."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from space.errors import InputError, closest

from . import rows
from .columns import SIZES
from .connection import FOLDER_VARIABLE, absolute, connect, is_file, shown, writing
from .errors import StoreError, StudyExistsError, UnknownStudyError
from .names import check_name, first_free
from .schema import (
    ENVIRONMENTS,
    EPOCHS,
    FAILED,
    RUNNING,
    STUDIES,
    STUDY_STATES,
    TRIAL_STATES,
    TRIALS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from _typeshed import DataclassInstance
    from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, Table

    from .records import EnvironmentRecord, EpochRecord, StudyRecord, TrialRecord, TrialStart


def open_store(url: str | None = None) -> Store:
    """Return the store at ``url``, created with its folder and schema where there is none.

    Args:
        url: A database URL of SQLAlchemy. None stands for the environment's SIZEWISE_STORE, or else
            for ``sqlite:///runs/sizewise.db`` in the working directory.

    Raises:
        StoreError: The database cannot be reached, is not a store, or is one of a newer version.
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
            with self._write() as connection:
                connection.execute(statement)
                return rows.study(_study_row(connection, name))
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
            return rows.study(_study_row(connection, name))

    def studies(self) -> list[StudyRecord]:
        """Return all studies, the oldest first."""
        return [rows.study(row) for row in self.read(select(STUDIES).order_by(STUDIES.c.id))]

    def set_study_state(self, study_id: int, state: str, reason: str | None = None) -> None:
        """Note why a study is ``running``, ``interrupted``, ``finished`` or ``failed``."""
        _check_state(state, STUDY_STATES)
        values = {"state": state, "reason": reason, "changed_at": time.time()}
        self._change(STUDIES, STUDIES.c.id == study_id, values, "the study must exist", study_id)

    def record_environment(self, study_id: int, environment: Mapping[str, Any]) -> None:
        """Add where a study runs now: versions, device, revision; once for each start."""
        now = time.time()
        values = {
            "study_id": study_id,
            "recorded_at": now,
            "seen_at": now,
            "environment": dict(environment),
        }
        with self._write() as connection:
            _insert(connection, ENVIRONMENTS, values, "the study must exist", study_id)

    def see(self, study_id: int) -> None:
        """Note that the latest start of a study runs still, so that its length is known."""
        mine = ENVIRONMENTS.c.study_id == study_id
        latest = select(func.max(ENVIRONMENTS.c.id)).where(mine).scalar_subquery()
        with self._write() as connection:
            seen = update(ENVIRONMENTS).where(ENVIRONMENTS.c.id == latest)
            connection.execute(seen.values(seen_at=time.time()))

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
        values = rows.of_start(start) | {"study_id": study_id, "started_at": time.time()}
        rule = "the study must exist and have no trial of that number"
        with self._write() as connection:
            return _insert(connection, TRIALS, values, rule, (study_id, start.number))

    def record_epoch(
        self,
        trial_id: int,
        *reports: Mapping[str, Any] | DataclassInstance,
        end: tuple[str, str] | None = None,
    ) -> None:
        """Add epochs of a running trial, in place of the first of them and any later ones.

        Args:
            trial_id: As `start_trial` gave it.
            reports: In order, each the fields of `EpochRecord`, as a mapping or a dataclass. What
                is not a number is allowed.
            end: State and reason where the trial ends with the last, as `end_trial` takes them.

        Raises:
            StoreError: The trial does not run, or the report has other fields.
        """
        values = [rows.of_report(report) | {"trial_id": trial_id} for report in reports]
        replaced = (EPOCHS.c.trial_id == trial_id) & (EPOCHS.c.epoch >= values[0]["epoch"])
        with self._write() as connection:
            _check_running(connection, trial_id)
            connection.execute(delete(EPOCHS).where(replaced))
            connection.execute(insert(EPOCHS), values)
            if end is not None:
                last = {"accuracy": values[-1]["accuracy"], "loss": values[-1]["loss"]}
                _end(connection, trial_id, end, last | {"epochs": values[-1]["epoch"]})

    def end_trial(self, trial_id: int, state: str, reason: str) -> None:
        """End a running trial, with the accuracy and loss of its last epoch, if it had one.

        Args:
            trial_id: As `start_trial` gave it.
            state: ``finished``, ``stopped`` or ``failed``.
            reason: Why, as a person reads it.

        Raises:
            StoreError: The trial does not run, or the reason is empty.
        """
        with self._write() as connection:
            _check_running(connection, trial_id)
            last = connection.execute(select(*rows.LAST).where(TRIALS.c.id == trial_id)).one()
            _end(connection, trial_id, (state, reason), dict(last._mapping))  # noqa: SLF001 - public in SQLAlchemy despite its name

    def restart_trial(self, trial_id: int, *, keep: int = 0, reason: str | None = None) -> None:
        """Let a running or failed trial go on behind epoch ``keep``; its attempt counts one more.

        Args:
            trial_id: As `start_trial` gave it.
            keep: The last epoch that still counts; later ones are forgotten.
            reason: Why the attempt before ended, to be kept in ``restarts``.

        Raises:
            StoreError: The trial was finished or stopped, or does not exist.
        """
        begun: dict[str, Any] = {
            "state": RUNNING,
            "reason": None,
            "started_at": time.time(),
            "ended_at": None,
        }
        empty = {"accuracy": None, "loss": None, "epochs": 0, "attempt": TRIALS.c.attempt + 1}
        if reason is not None:
            begun["restarts"] = func.coalesce(TRIALS.c.restarts + "; ", "") + reason
        again = (TRIALS.c.id == trial_id) & TRIALS.c.state.in_([RUNNING, FAILED])
        later = (EPOCHS.c.trial_id == trial_id) & (EPOCHS.c.epoch > keep)
        with self._write() as connection:
            connection.execute(delete(EPOCHS).where(later))
            changed = connection.execute(update(TRIALS).where(again).values(begun | empty))
            if changed.rowcount != 1:
                raise StoreError("trial", "only a running or failed trial may restart", trial_id)

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

    def read(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """Return the rows of any query, from one moment of the store."""
        with self._read() as connection:
            return connection.execute(statement).all()

    def _read(self) -> AbstractContextManager[Connection]:
        return self.connect().begin()

    def _write(self) -> AbstractContextManager[Connection]:
        return writing(self.connect()).begin()

    def _change(
        self,
        table: Table,
        which: ColumnElement[bool],
        values: dict[str, Any],
        rule: str,
        value: object,
    ) -> None:
        with self._write() as connection:
            if connection.execute(update(table).where(which).values(values)).rowcount != 1:
                raise StoreError("store", rule, value)


def _study_row(connection: Connection, name: str) -> Row[Any]:
    found = connection.execute(select(STUDIES).where(STUDIES.c.name == name)).one_or_none()
    if found is None:
        known = connection.execute(select(STUDIES.c.name)).scalars().all()
        hint = closest(name, known) if known else "The store is empty."
        raise UnknownStudyError("study", "the study must be in the store", name, hint)
    return found


def _insert(
    connection: Connection, table: Table, values: dict[str, Any], rule: str, value: object
) -> int:
    try:
        done = connection.execute(insert(table).values(values))
    except IntegrityError:
        raise StoreError("store", rule, value) from None
    key = done.inserted_primary_key
    assert key is not None, "an insert of one row has a key"
    return int(key[0])


def _check_state(state: str, allowed: Sequence[str]) -> None:
    if state not in allowed:
        raise StoreError("state", "it must be a known state", state, closest(state, allowed))


def _end(connection: Connection, trial_id: int, end: tuple[str, str], last: dict[str, Any]) -> None:
    """End a running trial with the numbers of its last epoch."""
    state, reason = end
    _check_state(state, TRIAL_STATES[1:])
    if not reason.strip():
        raise StoreError("reason", "a trial must end with a reason", reason)
    ended = {"state": state, "reason": reason, "ended_at": time.time()}
    connection.execute(update(TRIALS).where(TRIALS.c.id == trial_id).values(ended | last))


def _check_running(connection: Connection, trial_id: int) -> None:
    # Locked until the transaction ends, so that no other one can end the trial meanwhile.
    found = select(TRIALS.c.state).where(TRIALS.c.id == trial_id).with_for_update(key_share=True)
    state = connection.execute(found).scalar()
    if state != RUNNING:
        raise StoreError("trial", "the trial must be running", f"trial {trial_id}: {state}")
