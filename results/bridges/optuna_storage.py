"""A study as Optuna's own, so that its visualisation and its dashboard open it."""

from __future__ import annotations

import math
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import optuna
from optuna.distributions import CategoricalDistribution
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import event, make_url
from sqlalchemy.pool import NullPool

from space.errors import InputError

from .. import columns
from ..connection import absolute, is_file
from ..schema import FAILED, FINISHED, RUNNING, STOPPED
from .points import space_of
from .trials import told_trials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optuna.distributions import BaseDistribution
    from optuna.storages import BaseStorage

    from ..study import Study
    from .trials import Told

STATES: Final = {
    FINISHED: TrialState.COMPLETE,
    STOPPED: TrialState.PRUNED,
    FAILED: TrialState.FAIL,
    RUNNING: TrialState.RUNNING,
}
_ATTRIBUTES: Final = tuple(
    name
    for name in columns.TRIALS
    if name not in {columns.NUMBER, columns.STATE, columns.STARTED, columns.ENDED}
)


def save_optuna(study: Study, to: str) -> int:
    """Write a study into an Optuna storage and return how many trials it has there.

    Two objectives: accuracy is maximised and the study's size minimised. Choices of the space are
    categorical parameters, curves are intermediate values, and all other columns of
    `columns.TRIALS` are user attributes. A stopped trial is pruned, and has no values.

    Args:
        study: What to write.
        to: The path of a journal file, or a database URL such as ``sqlite:///optuna.db``; created
            where there is none. Optuna takes a millisecond a trial for a file, and more than a
            tenth of a second for a database.

    Raises:
        InputError: The address is wrong or that of the store, or it has a study of that name.
    """
    storage, name = _storage(study, to), study.record.name
    try:
        theirs = optuna.create_study(
            study_name=name, storage=storage, directions=["maximize", "minimize"]
        )
    except optuna.exceptions.DuplicatedStudyError:
        rule = "an Optuna storage must not hold a study of that name yet"
        raise InputError("TO", rule, name) from None
    try:
        return _fill(theirs, study)
    except BaseException:
        optuna.delete_study(study_name=name, storage=storage)
        raise


def _fill(theirs: optuna.Study, study: Study) -> int:
    record = study.record
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        theirs.set_metric_names([columns.ACCURACY, record.size])
    for name, value in (("job", record.job), ("data", record.data), ("seed", record.seed)):
        theirs.set_user_attr(name, value)
    trials = list(frozen_trials(study))
    for trial in trials:
        theirs.add_trial(trial)
    return len(trials)


def _storage(study: Study, to: str) -> BaseStorage:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    if "://" not in to:
        return JournalStorage(JournalFileBackend(to))
    if absolute(to) == absolute(study.store.url):
        raise InputError("TO", "Optuna's tables must not lie in the store", to)
    # Closed at once, since a storage has no call that closes it.
    storage = RDBStorage(to, engine_kwargs={"poolclass": NullPool})
    if is_file(make_url(to)):
        # Each trial is many commits, and a flush to the disk for each would take all the time.
        event.listen(storage.engine, "connect", _hurry)
    return storage


def _hurry(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def frozen_trials(study: Study) -> Iterator[FrozenTrial]:
    """Yield the trials of a study as Optuna's."""
    space = space_of(study.store, study.record)
    if space is None:
        return
    choices = {each.name: CategoricalDistribution(each.labels) for each in space.dimensions}
    for told in told_trials(study):
        yield _trial(told, study.record.size, dict(choices))


def _trial(told: Told, size: str, choices: dict[str, BaseDistribution]) -> FrozenTrial:
    row = told.row
    values = [float(row[name]) for name in (columns.ACCURACY, size) if name in row]
    state = STATES[row[columns.STATE]]
    if state is TrialState.COMPLETE and len(values) < 2:
        state = TrialState.FAIL
    return FrozenTrial(
        number=told.number,
        trial_id=-1,
        state=state,
        value=None,
        values=values if state is TrialState.COMPLETE else None,
        datetime_start=_local(told.started),
        datetime_complete=None if told.ended is None else _local(told.ended),
        params=told.choices,
        distributions=choices,
        user_attrs={name: row[name] for name in _ATTRIBUTES if name in row},
        system_attrs={},
        intermediate_values={
            each[columns.EPOCH]: each.get(columns.ACCURACY, math.nan) for each in told.epochs
        },
    )


def _local(moment: float) -> datetime:
    """Return a time as Optuna keeps it: of this place, and without saying so."""
    return datetime.fromtimestamp(moment, UTC).astimezone().replace(tzinfo=None)
