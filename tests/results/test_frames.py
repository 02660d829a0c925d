from __future__ import annotations

import ast
import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from results import Store, Study, columns, open_store, write_front_plots
from results.errors import UnknownStudyError
from results.figures import curves_figure, front_figure
from results.marks import DOMINATED, FAILED, FRONT, RUNNING, STOPPED, floor, judged, marked
from results.plots import front_picture

from .samples import new_study, report, small_network, start

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAMES = (
    "TRIALS",
    "CURVES",
    "FINALS",
    "MEMBERS",
    "FINALISTS",
    "STUDIES",
    "USAGE",
    "GROWTH",
    "IMPORTANCE",
    "BOUGHT",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    yield opened
    opened.close()


def add(study: Study, number: int, filters: int, state: str, *accuracies: float) -> None:
    store = study.store
    trial_id = store.start_trial(study.record.id, start(number, small_network(filters)))
    for epoch, accuracy in enumerate(accuracies, start=1):
        store.record_epoch(trial_id, report(epoch, accuracy))
    if state != "running":
        store.end_trial(trial_id, state, f"because it was {state}")


@pytest.fixture
def study(store: Store) -> Study:
    new_study(store)
    study = Study(store, "digits")
    add(study, 0, 4, "finished", 0.1, 0.7)
    add(study, 1, 8, "finished", 0.2, 0.9)
    add(study, 2, 16, "finished", 0.8)
    add(study, 3, 2, "stopped", 0.99)
    add(study, 4, 6, "running", 0.3, 0.95)
    add(study, 5, 8, "failed")
    add(study, 6, 10, "failed", math.nan)
    add(study, 7, 12, "running")
    add(study, 8, 4, "finished", 0.7)
    return study


def test_every_column_of_every_frame_is_documented_with_its_unit() -> None:
    body = ast.parse(Path(columns.__file__).read_text()).body
    documented = {}
    for statement, following in pairwise(body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Constant):
            assert isinstance(following, ast.Expr), ast.unparse(statement)
            assert isinstance(following.value, ast.Constant)
            documented[statement.value.value] = following.value.value
    assert all("Unit: " in text for text in documented.values())
    frames = [vars(columns)[name] for name in FRAMES]
    assert set(documented) == {name for frame in frames for name in frame}
    assert set(columns.SIZES) < set(columns.TRIALS)


def test_a_frame_of_trials(study: Study) -> None:
    frame = study.trials()
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == columns.TRIALS
    assert frame["number"].tolist() == list(range(9))
    nothing = math.nan
    accuracies = [0.7, 0.9, 0.8, 0.99, 0.95, nothing, nothing, nothing, 0.7]
    np.testing.assert_array_equal(frame["accuracy"], accuracies)
    assert frame["epochs"].tolist() == [2, 2, 1, 1, 2, 0, 1, 0, 1]
    running = frame["state"] == "running"
    assert frame.loc[running, ["reason", "ended", "seconds"]].isna().all(axis=None)
    ended = frame[~running]
    np.testing.assert_allclose(
        (ended["ended"] - ended["started"]).dt.total_seconds(), ended["seconds"], atol=2e-6
    )
    assert abs(pd.Timestamp.now("UTC") - frame["started"].iloc[0]) < pd.Timedelta(minutes=5)
    assert frame["params"].tolist()[:2] == [small_network(4).params, small_network(8).params]


def test_a_frame_of_epochs(study: Study) -> None:
    frame = study.epochs()
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == columns.CURVES
    assert frame["number"].tolist() == [0, 0, 1, 1, 2, 3, 4, 4, 6, 8]
    assert frame["epoch"].tolist() == [1, 2, 1, 2, 1, 1, 1, 2, 1, 1]


def test_frames_of_an_empty_study_have_their_columns(store: Store) -> None:
    new_study(store)
    study = Study(store, "digits")
    for frame, wanted in (
        (study.trials(), columns.TRIALS),
        (study.epochs(), columns.CURVES),
        (study.finals(), columns.FINALS),
    ):
        assert {name: str(kind) for name, kind in frame.dtypes.items()} == wanted
        assert frame.empty
    assert study.front().empty
    assert study.hypervolume() == 0.0


def test_only_finished_trials_make_the_front(study: Study) -> None:
    front = study.front()
    assert front["number"].tolist() == [0, 8, 1]
    assert study.architecture(1) == small_network(8)
    sizes = [small_network(filters).params for filters in (4, 8, 16)]
    expected = (sizes[1] - sizes[0]) * 0.7 + (sizes[2] - sizes[1]) * 0.9
    assert study.hypervolume() == pytest.approx(expected)
    limit = study.hypervolume(reference_size=sizes[1])
    assert limit == pytest.approx((sizes[1] - sizes[0]) * 0.7)


def test_the_limit_of_the_job_is_the_reference(store: Store) -> None:
    limits = {"params": 100_000}
    store.create_study("tiny", {"limits": limits}, data={}, space={}, seed=0, size="params")
    study = Study(store, "tiny")
    add(study, 0, 4, "finished", 0.5)
    size = small_network(4).params
    assert study.hypervolume() == pytest.approx((100_000 - size) * 0.5)
    assert 0 < study.hypervolume(log=True) < 0.5
    with pytest.raises(UnknownStudyError, match="Did you mean 'tiny'"):
        Study(store, "tinny")


def test_a_picture_shows_each_trial_once_as_what_it_is(study: Study) -> None:
    frame = study.trials()
    kinds = marked(frame, "params")
    groups = {mark: frame["number"][mask].tolist() for mark, mask in kinds.items()}
    assert groups == {DOMINATED: [2], STOPPED: [3], RUNNING: [4], FAILED: [5, 6], FRONT: [0, 1, 8]}
    figure = front_figure(frame)
    traces = {trace.name: trace for trace in figure.data if trace.name}
    shown = [trace.hovertext[i] for trace in traces.values() for i in range(len(trace.x))]
    assert len(shown) == 8
    (best,) = [text for text in shown if text.startswith("<b>trial 1<")]
    network = small_network(8)
    for wanted in ("90.00 %", f"{network.params:,}", f"{network.macs:,}", "conv 8@3x3"):
        assert wanted in best
    assert list(traces["failed  2"].y) == [floor(frame, kinds)] * 2
    (stairs,) = [trace for trace in figure.data if trace.line.shape == "hv"]
    assert list(stairs.y) == [0.7, 0.7, 0.9]


def test_the_plots_are_files_that_need_nothing_else(study: Study, tmp_path: Path) -> None:
    png, html = write_front_plots(study.trials(), tmp_path / "plots", title="digits")
    assert png.read_bytes().startswith(b"\x89PNG")
    page = html.read_text()
    assert "<script src=" not in page
    assert "trial 1" in page
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == [html.name, png.name]


@pytest.mark.parametrize("kept", [[], [7], [5], [0], [4]])
def test_plots_of_next_to_nothing(study: Study, kept: list[int]) -> None:
    frame = study.trials()
    few = frame[frame["number"].isin(kept)]
    for size in columns.SIZES:
        front_picture(few, size).draw_without_rendering()
        front_figure(few, size).to_json()


def test_curves_have_a_line_for_each_trial(study: Study) -> None:
    figure = curves_figure(study.epochs())
    assert [trace.name for trace in figure.data][:2] == ["trial 0", "trial 1"]
    assert list(figure.data[1].y) == [0.2, 0.9]


def test_importing_results_loads_nothing_heavy() -> None:
    code = (
        "import sys, results; from results import Store, columns\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'torch', 'ray', 'pandas', 'matplotlib', 'plotly', 'sklearn'}, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_picture_shows_finalists_at_their_mean_and_who_was_demoted(study: Study) -> None:
    frame = study.trials()
    told = {"number": [0, 1, 8], "verdict": ["confirmed", "demoted", "tied"]}
    means = {"validation_mean": [0.72, 0.5, 0.72], "validation_margin": [0.02, 0.1, 0.03]}
    finalists = pd.DataFrame(told | means)
    kinds = marked(judged(frame, finalists), "params")
    found = {mark.name: frame["number"][mask].tolist() for mark, mask in kinds.items()}
    assert (found["confirmed"], found["tied"], found["demoted"]) == ([0], [8], [1])
    # Trial 2 would take the place of trial 1, but nobody has trained it again.
    assert found["trained once"] == [2]
    figure = front_figure(frame, finalists=finalists)
    traces = {trace.name: trace for trace in figure.data if trace.name}
    assert list(traces["demoted  1"].y) == [0.5]
    assert list(traces["demoted  1"].error_y.array) == [0.1]
    (stairs,) = [trace for trace in figure.data if trace.line.shape == "hv"]
    assert list(stairs.y) == [0.72, 0.72]
    front_picture(frame, finalists=finalists).draw_without_rendering()
