"""Searches for a goal: on tables whose answer is known, in studies, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from typer.testing import CliRunner

from results import Study, open_store
from search.algorithms.pareto.candidates import Candidates
from search.algorithms.pareto.judge import Judge, Told, find_view
from search.algorithms.pareto.target import Target
from search.command.app import app
from search.goal import Aim
from search.job import SearchSettings
from search.job_file import parse_job
from search.plan import prepare
from search.replay import read_table, replay
from search.replay.goals import pursue
from search.replay.read import Columns
from search.session import resume, run
from space.errors import InputError
from tests.search.jobs import small_job
from tests.search.tables import CHOICES, written
from tests.search.test_study import InterruptAtEpoch, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from results import Store
    from search.replay import Table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return read_table(written(tmp_path), Columns(tuple(CHOICES.split(",")), None, "params", "e{}"))


@pytest.mark.parametrize(
    ("goal", "workers"), [({"min_accuracy": 0.78}, 1), ({"max_params": 700}, 3)]
)
def test_the_true_answer_is_found_before_the_table_is_used_up(
    goal: dict[str, Any], workers: int, table: Table
) -> None:
    found = []
    for seed in range(2):
        settings = SearchSettings.model_validate({"goal": goal, "seed": seed})
        found.append(pursue(settings, replay(table, settings, workers=workers)))
    assert not any(one.wrong for one in found)
    assert all(one.ended is not None and one.ended < len(table) for one in found)


def judge(rng: np.random.Generator, waiting: int = 0) -> tuple[Judge, Candidates, Told]:
    points = rng.integers(0, 4, (60, 3))
    log_size = np.log(10.0 + points.sum(axis=1) * 10 + rng.random(60))
    accuracy = 0.5 + 0.04 * points.sum(axis=1) + rng.normal(0, 0.02, 60)
    told = Told(points[:20], log_size[:20, None], accuracy[:20], np.zeros(20))
    open_ones = Told(
        points[20 : 20 + waiting],
        log_size[20 : 20 + waiting, None],
        np.full(waiting, np.nan),
        np.zeros(waiting),
    )
    view = find_view(told, lambda rows: rows / 3)
    return Judge(told, open_ones, view), Candidates(points[30:], log_size[30:, None]), told


@pytest.mark.parametrize("aim", [Aim(0.62, None, 0.95), Aim(None, 60.0, 0.95)])
def test_what_candidates_are_worth_is_their_mean_gain(aim: Aim) -> None:
    """Against draws from what each may reach."""
    rng = np.random.default_rng(1)
    believed, candidates, told = judge(rng)
    worth = np.exp(Target(aim).worth(believed, candidates))
    if aim.accuracy is not None:
        best = told.log_size[told.accuracy >= aim.accuracy].min()
        drawn = rng.standard_normal((200_000, len(worth)))
        reached = drawn + believed.above(candidates, aim.accuracy) >= 0
        gains = reached * np.maximum(best - candidates.log_size, 0)
    else:
        most = np.log(aim.size or 0)
        best = told.accuracy[told.log_size <= most].max()
        gains = np.tile(believed.improvement(candidates, best), (2, 1))
        gains[:, candidates.log_size > most] = 0
    assert worth == pytest.approx(gains.mean(axis=0), abs=5e-3)


def test_a_goal_is_settled_by_its_confidence_with_networks_in_training_counted() -> None:
    believed, candidates, told = judge(np.random.default_rng(2))
    drawn = np.random.default_rng(3).standard_t(believed.freedom, (100_000, len(candidates.points)))
    reached = drawn + believed.above(candidates, 0.62) >= 0
    smaller = candidates.log_size < told.log_size[told.accuracy >= 0.62].min()
    _, once = np.unique(candidates.points, axis=0, return_index=True)
    chance = reached[:, np.intersect1d(once, np.flatnonzero(smaller))].any(axis=1).mean()
    assert 0.02 < chance < 0.98
    for confidence, settled in ((1 - chance - 0.01, True), (1 - chance + 0.01, False)):
        aim = Aim(0.62, None, confidence)
        assert Target(aim).settled(believed, candidates, set()) is settled
    few = candidates.part(candidates.log_size > told.log_size.max() - 1e-9)
    assert Target(Aim(0.62, None, 0.95)).settled(believed, few, set())
    waiting, _, _ = judge(np.random.default_rng(2), waiting=10)
    assert not Target(Aim(0.62, None, 0.999)).settled(waiting, few, set())


def goal_job(goal: dict[str, Any], trials: int = 40) -> Any:
    search = {"seed": 7, "goal": goal}
    return small_job(search=search, limits={"params": 400}, budget={"trials": trials})


def test_a_study_ends_when_its_goal_is_met_for_good_and_says_so(
    store: Store,
) -> None:
    record = run(goal_job({"max_params": 200}), store, name="within")
    trials = Study(store, "within").trials()
    best = trials[trials["params"] <= 200].sort_values("accuracy").iloc[-1]
    assert len(trials) < 21
    assert record.reason == (
        f"goal met: {best['accuracy']:.4f} at {best['params']} params (trial {best['number']}); "
        "no other of at most 200 is more accurate with a chance above 5 %"
    )
    words = ["show", "within", "--store", store.url]
    shown = CliRunner().invoke(app, words, catch_exceptions=False).stdout
    assert (
        f"the most accurate network of at most 200 params: met by trial {best['number']}" in shown
    )
    told = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)["goal"]
    assert told == {
        "asked": record.job["search"]["goal"],
        "met": True,
        "trial": best["number"],
    }


def test_an_interrupted_search_for_a_goal_goes_on_as_if_it_had_not_been(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = goal_job({"max_params": 200}, 12)
    whole = run(job, store, name="whole")
    with monkeypatch.context() as patch:
        InterruptAtEpoch(11, patch)
        run(job, store, name="stopped")
    assert resume("stopped", store).reason == whole.reason
    assert numbers(store, "stopped") == numbers(store, "whole")
    assert resume("stopped", store).reason == whole.reason


def test_what_is_not_met_is_told_with_how_far_it_is(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    from search.terminal.summary import summarise

    record = run(goal_job({"min_accuracy": 0.999}, 4), store, name="high")
    assert record.reason == "its budget of 4 trials is spent"
    summarise(Study(store, "high"))
    best = Study(store, "high").trials()["accuracy"].max()
    assert f"reaches {best:.4f}, {0.999 - best:.4f} short" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("search", "field", "message"),
    [
        ("goal: {}", "search.goal", "exactly one of min_accuracy, max_params"),
        ("goal: {min_accuracy: 0.9, max_params: 9}", "search.goal", "must name exactly one"),
        ("goal: {min_accuracy: 99.4}", "search.goal.min_accuracy", "less than 1"),
        ("goal: {max_param: 9}", "search.goal.max_param", "Did you mean 'max_params'"),
        ("goal: {max_macs: 9}", "search.goal", "Write `size: macs` beside it"),
        ("goal: {max_params: 9}, algorithm: tpe", "search.goal", "only the algorithm `pareto`"),
    ],
)
def test_a_wrong_goal_is_refused(search: str, field: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as wrong:
        prepare(parse_job(f"space: micro\nsearch: {{{search}}}\n", base=tmp_path))
    assert wrong.value.field == field
    assert message in str(wrong.value)


def test_the_command_compares_a_search_for_a_goal_with_one_for_the_front(tmp_path: Path) -> None:
    words = ["replay", str(written(tmp_path)), "--choices", CHOICES, "--curve", "e{}"]
    words += ["--goal", "min_accuracy=0.78", "--seeds", "1"]
    told = CliRunner().invoke(app, [*words, "--trials", "30", "--json"], catch_exceptions=False)
    (ours,) = json.loads(told.stdout)["for_goal"]
    assert ours["found"] <= ours["ended"] < 30
    shown = CliRunner().invoke(app, [*words, "--trials", "8"], catch_exceptions=False).stdout
    assert "networks to the true answer" in shown
    wrong = CliRunner().invoke(app, [*words[:-4], "--goal", "best=3"])
    assert "--goal: must be min_accuracy=FRACTION" in str(wrong.exception)
