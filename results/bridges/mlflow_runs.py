"""A study as an experiment of MLflow, with a run for each trial."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from space.errors import InputError

from .. import columns
from ..schema import FAILED, FINISHED, RUNNING, STOPPED
from .extras import missing
from .mlflow_store import check_uri, explained, quick_and_quiet
from .trials import told_trials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlflow import MlflowClient
    from mlflow.entities import Metric, Run

    from ..records import StudyRecord
    from ..study import Study
    from .trials import Told

STATES: Final = {FINISHED: "FINISHED", STOPPED: "KILLED", FAILED: "FAILED", RUNNING: "RUNNING"}
"""MLflow's word for the end of a trial."""

CREATED: Final = "sizewise.created"
"""The tag of an experiment that tells of which study it is: by the time of its creation."""

TRIAL: Final = "trial"
"""The tag of a run that tells which trial it is."""

_TAGS: Final = (
    columns.STATE,
    columns.REASON,
    columns.EPOCHS,
    columns.ATTEMPT,
    columns.SEED,
    columns.FINGERPRINT,
    columns.OUTLINE,
)
_BY_EPOCH: Final = (columns.ACCURACY, columns.LOSS, columns.TRAIN_LOSS)
_ONCE: Final = (
    *columns.SIZES,
    columns.DEPTH,
    columns.SECONDS,
    columns.EXPECTED,
    columns.EXPECTED_SPREAD,
)
_NOTE: Final = "mlflow.note.content"

# What a server takes in one request: 1,000 values, of which 100 parameters and 100 tags.
_MOST_METRICS: Final = 800
_MOST_PARAMS: Final = 100
_PAGE: Final = 1000


def save_mlflow(study: Study, uri: str) -> int:
    """Write a study into an MLflow tracking store; return how many runs were written.

    Choices of the space are parameters, such as ``stages.0.filters``. Accuracy and losses are
    metrics by epoch, costs and what a stopped trial was expected to reach are metrics at step 0,
    all else are tags. Times are those of the store. An experiment that stands there already is
    brought up to date: a run that tells of its trial what the store tells stays, one that does not
    is deleted and written anew.

    Args:
        study: What to write.
        uri: A tracking URI, such as ``sqlite:///mlflow.db`` or that of a server; MLflow's own
            default where it is empty.

    Raises:
        InputError: MLflow is not installed or does not take the URI, it is that of the store, or
            the experiment of the study's name is another's or deleted.
    """
    try:
        from mlflow import MlflowClient  # noqa: PLC0415 - takes seconds, and is an extra
    except ImportError as error:
        raise missing("mlflow") from error
    check_uri(study, uri)
    trials = list(told_trials(study))
    with explained(uri), quick_and_quiet(uri):
        client = MlflowClient(tracking_uri=uri or None)
        experiment = _experiment(client, study.record)
        known = _known(client, experiment)
        return sum(_save(client, experiment, told, known.get(told.number)) for told in trials)


def _experiment(client: MlflowClient, record: StudyRecord) -> str:
    """Return the id of a study's experiment, made now where there is none."""
    created, name = record.created.isoformat(), record.name
    found = client.get_experiment_by_name(name)
    if found is None:
        tags = {CREATED: created, "data": str(record.data.get("name", "")), "size": record.size}
        tags |= {columns.SEED: str(record.seed)} | ({_NOTE: record.note} if record.note else {})
        return str(client.create_experiment(name, tags=tags))
    if found.lifecycle_stage != "active":
        rule = "MLflow's experiment of that name must not be deleted"
        raise InputError("TO", rule, name, "Restore it: mlflow experiments restore.")
    if found.tags.get(CREATED) != created:
        rule = "an MLflow experiment of that name must be of the same study"
        raise InputError("TO", rule, name, f"Call the study otherwise: sizewise rename {name} NAME")
    return str(found.experiment_id)


def _known(client: MlflowClient, experiment: str) -> dict[int, Run]:
    """Return the runs of trials that stand there, by the trial's number."""
    found: list[Run] = []
    token: str | None = ""
    while token is not None:
        page = client.search_runs([experiment], max_results=_PAGE, page_token=token or None)
        found += page
        token = page.token or None
    tagged = [run for run in found if run.data.tags.get(TRIAL, "").isdecimal()]
    return {int(run.data.tags[TRIAL]): run for run in tagged}


def _save(client: MlflowClient, experiment: str, told: Told, known: Run | None) -> bool:
    """Write the run of a trial unless it stands there as it should; return whether it did."""
    state, tags = told.row[columns.STATE], _tags(told)
    if known is not None:
        same = tags.items() <= known.data.tags.items() and known.info.status == STATES[state]
        if same and state != RUNNING:
            return False
        client.delete_run(known.info.run_id)
    run = client.create_run(
        experiment, start_time=_ms(told.started), tags=tags, run_name=f"trial {told.number}"
    ).info.run_id
    _log(client, run, told)
    # Last, so that a run that was cut off is not taken for a whole one.
    if told.ended is not None:
        client.set_terminated(run, STATES[state], end_time=_ms(told.ended))
    return True


def _tags(told: Told) -> dict[str, str]:
    row = told.row
    tags = {name: str(row[name]) for name in _TAGS if name in row}
    note = {_NOTE: row[columns.NOTE]} if columns.NOTE in row else {}
    return {TRIAL: str(told.number)} | tags | note


def _log(client: MlflowClient, run: str, told: Told) -> None:
    from mlflow.entities import Param  # noqa: PLC0415 - as above

    params = [Param(_plain(name), str(label)) for name, label in told.choices.items()]
    for some_metrics, some_params in zip_longest(
        _parts(_metrics(told), _MOST_METRICS), _parts(params, _MOST_PARAMS), fillvalue=()
    ):
        client.log_batch(run, metrics=some_metrics, params=some_params)


def _plain(name: str) -> str:
    """Return a choice's name without the brackets that MLflow refuses: ``stages.0.filters``."""
    return name.replace("[", ".").replace("]", "")


def _metrics(told: Told) -> list[Metric]:
    from mlflow.entities import Metric  # noqa: PLC0415 - as above

    start = _ms(told.started)
    once = [Metric(name, float(told.row[name]), start, 0) for name in _ONCE if name in told.row]
    return once + [
        Metric(name, each[name], _ms(moment), each[columns.EPOCH])
        for each, moment in zip(told.epochs, told.moments(), strict=True)
        for name in _BY_EPOCH
        if name in each
    ]


def _parts(values: Sequence[Any], most: int) -> list[Sequence[Any]]:
    return [values[i : i + most] for i in range(0, len(values), most)]


def _ms(moment: float) -> int:
    return round(moment * 1000)
