"""Studies that MLflow and TensorBoard open, asked by those tools themselves."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from results import Study, open_store
from results.bridges.mlflow_runs import save_mlflow
from results.bridges.tensorboard_events import save_tensorboard
from results.keeping.remarks import note
from search.command.app import main
from space import SearchSpace
from space.errors import InputError

from .samples import SPACE, STATES, mixed_study, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LABELS = SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10).labels


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    store = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    yield mixed_study(store)
    store.close()


def test_mlflow_has_a_run_for_each_trial_and_never_two(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.chdir(tmp_path)
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    assert save_mlflow(study, uri) == len(STATES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow

        client = mlflow.MlflowClient(tracking_uri=uri)
        (experiment,) = client.search_experiments(filter_string="name = 'digits'")

        def runs() -> dict[int, Any]:
            found = client.search_runs([experiment.experiment_id])
            assert len({run.data.tags["trial"] for run in found}) == len(found)
            return {int(run.data.tags["trial"]): run for run in found}

        first = runs()
        check_runs(study, first)
        for number, run in first.items():
            for name in ("accuracy", "loss", "train_loss"):
                told = client.get_metric_history(run.info.run_id, name)
                ours = study.epochs().query(f"number == {number}")
                assert [(each.step, each.value) for each in told] == [
                    (row["epoch"], row[name]) for row in ours.to_dict("records")
                ]
                assert [each.timestamp for each in told] == sorted(each.timestamp for each in told)
        mlflow.set_tracking_uri(uri)
        frame = mlflow.search_runs(experiment_names=["digits"])
        assert sorted(frame["metrics.params"]) == sorted(study.trials()["params"])

        # Only what changed is written again: a trial that went on, and one with a note.
        store = study.store
        last = study.trial(STATES.index("running"))
        store.record_epoch(last.id, report(3, 0.9), end=("finished", "trained all 3 epochs"))
        note(store, "digits", "a *fine* one", 1)
        assert save_mlflow(study, uri) == 2
        again = runs()
        check_runs(study, again)
        kept = {number for number in again if again[number].info == first[number].info}
        assert kept == set(range(len(STATES))) - {1, last.number}
        assert again[1].data.tags["mlflow.note.content"] == "a *fine* one"
        assert save_mlflow(study, uri) == 0
        refused(study, uri, lambda: client.delete_experiment(experiment.experiment_id))
    assert not [each for each in caplog.records if each.name.startswith("mlflow")]


def check_runs(study: Study, runs: dict[int, Any]) -> None:
    words = {"finished": "FINISHED", "stopped": "KILLED", "failed": "FAILED", "running": "RUNNING"}
    rows = study.trials().to_dict("records")
    assert sorted(runs) == [row["number"] for row in rows]
    for row in rows:
        run = runs[row["number"]]
        point = study.trial(row["number"]).point
        assert run.data.params == {
            name.replace("[", ".").replace("]", ""): str(label)
            for name, label in LABELS(point).items()
        }
        assert run.info.status == words[row["state"]]
        assert abs(run.info.start_time / 1000 - row["started"].timestamp()) < 0.001
        if row["state"] == "running":
            assert run.info.end_time is None
        else:
            assert abs(run.info.end_time / 1000 - row["ended"].timestamp()) < 0.001
            assert run.data.tags["reason"] == row["reason"]
        for name in ("params", "macs", "activation_bytes", "weight_bytes", "accuracy", "loss"):
            assert run.data.metrics[name] == row[name]
        assert run.data.tags["fingerprint"] == row["fingerprint"]
        expected = {"expected": 0.75, "expected_spread": 0.125} if row["state"] == "stopped" else {}
        told = {name: run.data.metrics.get(name) for name in ("expected", "expected_spread")}
        assert told == dict.fromkeys(told) | expected


def refused(study: Study, uri: str, delete: Callable[[], object]) -> None:
    """Ask for what MLflow must not get: another's experiment, a deleted one, a wrong place."""
    other = open_store(study.store.url.replace("sizewise.db", "other.db"))
    with pytest.raises(InputError, match="of the same study"):
        save_mlflow(mixed_study(other), uri)
    other.close()
    delete()
    with pytest.raises(InputError, match="must not be deleted"):
        save_mlflow(study, uri)
    with pytest.raises(InputError, match="must not lie in the store"):
        save_mlflow(study, study.store.url)
    with pytest.raises(InputError, match="Write mlflow:sqlite"):
        save_mlflow(study, "mlflow.db")
    with pytest.raises(InputError, match="server must answer"):
        save_mlflow(study, "http://127.0.0.1:9")


def test_tensorboard_has_a_session_for_each_trial(study: Study, tmp_path: Path) -> None:
    folder = tmp_path / "tb"
    assert save_tensorboard(study, folder) == len(STATES)
    experiment, groups, scalars = seen_by_tensorboard(folder)
    names = {info.name for info in experiment.hparam_infos}
    assert names == {"state", *LABELS(study.trial(0).point)}
    assert [info.name.tag for info in experiment.metric_infos][:3] == ["accuracy", "loss", "params"]
    # Unknown is what TensorBoard calls a session that has no end yet.
    statuses = {"finished": 1, "stopped": 1, "failed": 2, "running": 0}
    rows = {row["number"]: row for row in study.trials().to_dict("records")}
    assert sorted(int(group.name) for group in groups) == sorted(rows)
    for group in groups:
        row = rows[int(group.name)]
        told = {
            name: value.string_value or value.number_value for name, value in group.hparams.items()
        }
        assert told == {"state": row["state"]} | LABELS(study.trial(row["number"]).point)
        (session,) = group.sessions
        assert session.name == f"trial-{row['number']}"
        assert session.status == statuses[row["state"]]
        assert session.start_time_secs == row["started"].timestamp()
        if row["state"] != "running":
            assert session.end_time_secs == row["ended"].timestamp()
        shown = {each.name.tag: each.value for each in session.metric_values}
        for name in ("accuracy", "loss", "params", "macs"):
            assert shown[name] == np.float32(row[name])
        curve = study.epochs().query(f"number == {row['number']}")
        for name in ("accuracy", "loss", "train_loss", "learning_rate"):
            assert scalars(session.name, name) == [
                (epoch["epoch"], np.float32(epoch[name])) for epoch in curve.to_dict("records")
            ]
    with pytest.raises(InputError, match="must be empty or not be there"):
        save_tensorboard(study, folder)


def seen_by_tensorboard(folder: Path) -> Any:
    """Ask the HParams plugin itself for its page, and an event accumulator for the scalars."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
        from tensorboard.context import RequestContext
        from tensorboard.plugins.base_plugin import TBContext
        from tensorboard.plugins.hparams import (
            api_pb2,
            backend_context,
            get_experiment,
            list_session_groups,
        )

    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(folder))
    multiplexer.Reload()
    provider = MultiplexerDataProvider(multiplexer, str(folder))
    context = backend_context.Context(TBContext(data_provider=provider, multiplexer=multiplexer))
    request = RequestContext()
    experiment = get_experiment.Handler(request, context, "", api_pb2.GetExperimentRequest()).run()
    wanted = api_pb2.ListSessionGroupsRequest(
        allowed_statuses=range(4), slice_size=100, aggregation_type="AGGREGATION_AVG"
    )
    found = list_session_groups.Handler(request, context, "", wanted).run()

    def scalars(run: str, tag: str) -> list[tuple[int, float]]:
        accumulator = EventAccumulator(str(folder / run))
        accumulator.Reload()
        return [(each.step, each.value) for each in accumulator.Scalars(tag)]

    return experiment, found.session_groups, scalars


@pytest.mark.parametrize("package", ["mlflow", "tensorboard"])
def test_a_missing_package_is_one_message(
    study: Study,
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    words = ["save", "digits", f"{package}:{tmp_path}/out", "--store", study.store.url]
    monkeypatch.setattr(sys, "argv", ["sizewise", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert f"pip install 'sizewise[{package}]'" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out").exists()
