"""A study as event files of TensorBoard, with a session of its HParams page for each trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from space.errors import InputError

from .. import columns
from ..files import replaced_folder
from ..schema import FAILED, TRIAL_STATES
from .extras import missing
from .points import space_of
from .trials import told_trials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tensorboard.compat.proto.event_pb2 import Event

    from ..study import Study
    from .trials import Told

_BY_EPOCH: Final = (columns.ACCURACY, columns.LOSS, columns.TRAIN_LOSS, columns.LEARNING_RATE)
_ONCE: Final = (*columns.SIZES, columns.EXPECTED)


def save_tensorboard(study: Study, folder: Path) -> int:
    """Write a study as a log directory of TensorBoard, and return how many trials it has there.

    Each trial is a run of its own: choices of the space and the trial's state are hyperparameters,
    accuracy and losses are scalars by epoch, costs are scalars at step 0. TensorBoard keeps scalars
    in single precision.

    Args:
        study: What to write.
        folder: A folder that is empty or not there yet; it is there whole or not at all.

    Raises:
        InputError: TensorBoard is not installed, or the folder holds something.
    """
    try:
        # An extra, which takes a second to import.
        import tensorboard.plugins.hparams.summary_v2  # noqa: F401, PLC0415
    except ImportError as error:
        raise missing("tensorboard") from error
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        rule = "TensorBoard's folder must be empty or not be there yet"
        raise InputError("TO", rule, str(folder))
    trials = list(told_trials(study))
    width = len(str(len(trials)))
    with replaced_folder(folder) as new:
        _write(new, study, [_experiment(study, trials)])
        for told in trials:
            _write(new / f"trial-{told.number:0{width}}", study, _events(told))
    return len(trials)


def _write(folder: Path, study: Study, events: Iterable[Event]) -> None:
    from tensorboard.compat.proto.event_pb2 import Event  # noqa: PLC0415 - as above
    from tensorboard.summary.writer.record_writer import RecordWriter  # noqa: PLC0415 - as above

    created = study.record.created.timestamp()
    folder.mkdir(exist_ok=True)
    with (folder / f"events.out.tfevents.{int(created)}.sizewise").open("wb") as file:
        writer = RecordWriter(file)
        writer.write(Event(wall_time=created, file_version="brain.Event:2").SerializeToString())
        for event in events:
            writer.write(event.SerializeToString())


def _experiment(study: Study, trials: Sequence[Told]) -> Event:
    """Return what says which hyperparameters and metrics there are."""
    from tensorboard.plugins.hparams import summary_v2  # noqa: PLC0415 - as above

    record, space = study.record, space_of(study.store, study.record)
    hparams = [summary_v2.HParam(columns.STATE, summary_v2.Discrete(TRIAL_STATES))]
    for each in () if space is None else space.dimensions:
        numeric = not any(isinstance(label, str) for label in each.labels)
        labels = [float(label) if numeric else str(label) for label in each.labels]
        hparams.append(summary_v2.HParam(each.name, summary_v2.Discrete(labels)))
    names = [*_BY_EPOCH[:2], *(n for n in _ONCE if any(n in told.row for told in trials))]
    metrics = [summary_v2.Metric(name) for name in names]
    created = record.created.timestamp()
    return _event(created, summary_v2.hparams_config_pb(hparams, metrics, created))


def _events(told: Told) -> Iterator[Event]:
    from tensorboard.plugins.hparams import summary_v2  # noqa: PLC0415 - as above

    hparams = {columns.STATE: told.row[columns.STATE]} | told.choices
    start = summary_v2.hparams_pb(hparams, str(told.number), told.started)
    yield _event(told.started, start)
    for name in _ONCE:
        if name in told.row:
            yield _scalar(told.started, 0, name, told.row[name])
    for each, moment in zip(told.epochs, told.moments(), strict=True):
        for name in _BY_EPOCH:
            if name in each:
                yield _scalar(moment, each[columns.EPOCH], name, each[name])
    if told.ended is not None:
        yield _event(told.ended, _end(told.row[columns.STATE], told.ended))


def _end(state: str, moment: float) -> Any:
    """Return what ends a session: with failure where the trial failed."""
    from tensorboard.compat.proto.summary_pb2 import Summary  # noqa: PLC0415 - as above
    from tensorboard.plugins.hparams import (  # noqa: PLC0415 - as above
        api_pb2,
        metadata,
        plugin_data_pb2,
    )

    status = api_pb2.STATUS_FAILURE if state == FAILED else api_pb2.STATUS_SUCCESS
    ended = plugin_data_pb2.SessionEndInfo(status=status, end_time_secs=moment)
    data = plugin_data_pb2.HParamsPluginData(session_end_info=ended)
    value = Summary.Value(
        tag=metadata.SESSION_END_INFO_TAG,
        metadata=metadata.create_summary_metadata(data),
        tensor=metadata.NULL_TENSOR,
    )
    return Summary(value=[value])


def _scalar(moment: float, step: int, name: str, value: float) -> Event:
    from tensorboard.compat.proto.summary_pb2 import Summary  # noqa: PLC0415 - as above

    return _event(moment, Summary(value=[Summary.Value(tag=name, simple_value=value)]), step)


def _event(moment: float, summary: Any, step: int = 0) -> Event:
    from tensorboard.compat.proto.event_pb2 import Event  # noqa: PLC0415 - as above

    return Event(wall_time=moment, step=step, summary=summary)
