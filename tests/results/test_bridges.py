"""Studies that other tools open, asked by those tools themselves."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import optuna
import pandas as pd
import pytest
from optuna.trial import TrialState
from sqlalchemy.pool import NullPool

from results import Study, columns, open_store
from results.bridges.optuna_storage import save_optuna
from results.bridges.tables import FRAMES, save_table
from space import SearchSpace
from space.errors import InputError

from .samples import SPACE, STATES, mixed_study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    store = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    yield mixed_study(store)
    store.close()


@pytest.mark.parametrize("kind", ["journal", "database"])
def test_optuna_opens_a_study_with_two_objectives(study: Study, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "digits.log"
    to = str(file) if kind == "journal" else f"sqlite:///{tmp_path}/optuna.db"
    assert save_optuna(study, to) == len(STATES)
    theirs = optuna.load_study(study_name="digits", storage=opened(to))
    assert [direction.name for direction in theirs.directions] == ["MAXIMIZE", "MINIMIZE"]
    assert theirs.metric_names == ["accuracy", "params"]
    wanted = [TrialState.COMPLETE, TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL]
    wanted += [TrialState.RUNNING, TrialState.COMPLETE]
    assert [trial.state for trial in theirs.trials] == wanted
    frame = study.trials()
    space = SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10)
    for trial, row in zip(theirs.trials, frame.to_dict("records"), strict=True):
        assert trial.params == space.labels(study.trial(trial.number).point)
        assert trial.intermediate_values == {
            epoch: trial.number / 10 + epoch / 100 for epoch in (1, 2)
        }
        assert trial.user_attrs["macs"] == row["macs"]
        values = vars(trial)["_values"]
        assert values is None or values == [row["accuracy"], row["params"]]
        assert trial.datetime_start is not None
        assert abs(trial.datetime_start.timestamp() - row["started"].timestamp()) < 1
    best = sorted(trial.number for trial in theirs.best_trials)
    assert best == sorted(study.front()["number"])
    figure = optuna.visualization.plot_pareto_front(theirs)
    assert sum(len(trace.x) for trace in figure.data) == 3
    with pytest.raises(InputError, match="study of that name"):
        save_optuna(study, to)
    with pytest.raises(InputError, match="must not lie in the store"):
        save_optuna(study, study.store.url)


def opened(to: str) -> Any:
    if "://" in to:
        return optuna.storages.RDBStorage(to, engine_kwargs={"poolclass": NullPool})
    backend = optuna.storages.journal.JournalFileBackend(to)
    return optuna.storages.JournalStorage(backend)


def test_optunas_dashboard_shows_the_two_objectives(study: Study, tmp_path: Path) -> None:
    dashboard = pytest.importorskip("optuna_dashboard")
    path = str(tmp_path / "digits.log")
    save_optuna(study, path)
    app = dashboard.wsgi(opened(path))

    def get(address: str) -> Any:
        told: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
        }
        body = b"".join(app(environ, lambda status, _headers, *_: told.append(status)))
        assert told == ["200 OK"], body
        return json.loads(body)

    (listed,) = get("/api/studies")["study_summaries"]
    assert (listed["study_name"], listed["directions"]) == ("digits", ["maximize", "minimize"])
    shown = get(f"/api/studies/{listed['study_id']}")
    assert shown["directions"] == ["maximize", "minimize"]
    values = {trial["number"]: trial.get("values") for trial in shown["trials"]}
    finished = study.trials().query("state == 'finished'")
    assert {number: value for number, value in values.items() if value} == {
        row.number: [row.accuracy, row.params] for row in finished.itertuples()
    }
    assert len(shown["trials"]) == len(STATES)


@pytest.mark.parametrize("table", sorted(FRAMES))
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables_come_back_as_they_were(
    study: Study, tmp_path: Path, table: str, suffix: str
) -> None:
    study.store.start_final(study.trial(0).id, "validation", 2**40)
    path = tmp_path / "out" / f"{table}{suffix}"
    frame = FRAMES[table](study)
    assert save_table(study, path, table) == len(frame) > 0
    kinds = {"trials": columns.TRIALS, "epochs": columns.CURVES, "front": columns.TRIALS}
    types = kinds.get(table, columns.FINALS)
    if suffix == ".parquet":
        again = pd.read_parquet(path)
    else:
        again = pd.read_csv(path)
        for name in {"started", "ended"} & set(types):
            again[name] = pd.to_datetime(again[name], format="ISO8601", utc=True)
    pd.testing.assert_frame_equal(again.astype(types), frame)


def test_wrong_names_of_tables_are_explained(study: Study, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Did you mean 'epochs'"):
        save_table(study, tmp_path / "x.csv", "epoch")
    with pytest.raises(InputError, match=r"\.csv or \.parquet"):
        save_table(study, tmp_path / "x.xlsx")
