"""Stopping rules on curves, and in a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from results import Study, open_store
from search.job import SearchSettings
from search.replay import read_table, replay
from search.session import resume, run
from search.stopping import choose_stopping
from tests.search.jobs import small_job
from tests.search.tables import EPOCHS, written
from tests.search.test_replay import COLUMNS
from tests.search.test_study import InterruptAtEpoch, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from search.job import StopName
    from search.stopping import StoppingRule

RISK = 0.05


def curve(end: float, rng: np.random.Generator) -> np.ndarray:
    return end - 0.4 / np.arange(1, EPOCHS + 1) + rng.normal(0, 0.004, EPOCHS)


def train(rule: StoppingRule, number: int, size: float, told: np.ndarray) -> str | None:
    """Tell a curve until the rule stops it, and return the reason."""
    for epoch, accuracy in enumerate(told, 1):
        stop = rule.judge(number, size, epoch, float(accuracy))
        if stop is not None:
            return stop.reason
    return None


def rule_of(name: StopName) -> StoppingRule:
    rule = choose_stopping(name, EPOCHS)
    assert rule is not None
    return rule


def test_a_small_network_is_not_stopped_for_being_less_accurate_than_large_ones() -> None:
    rng = np.random.default_rng(0)
    rule = rule_of("front")
    for number in range(15):
        assert train(rule, number, 10_000 + number, curve(0.9 + 0.001 * number, rng)) is None
    assert train(rule, 15, 100, curve(0.5, rng)) is None
    reason = train(rule, 16, 20_000, curve(0.7, rng))
    assert reason is not None
    assert reason.startswith("epoch ")
    assert "at 20,000, expected 0." in reason
    by_accuracy = rule_of("asha")
    for number in range(15):
        train(by_accuracy, number, 10_000, curve(0.9, rng))
    assert train(by_accuracy, 15, 100, curve(0.5, rng)) is not None


def test_a_trial_that_is_trained_anew_is_judged_by_its_new_curve() -> None:
    rng = np.random.default_rng(0)
    again, straight = rule_of("front"), rule_of("front")
    for number in range(12):
        told = curve(0.9, rng)
        for lost in range(1, 4):
            again.judge(number, 1_000, lost, 0.1)
        assert train(again, number, 1_000, told) == train(straight, number, 1_000, told)
    bad = curve(0.7, rng)
    assert train(again, 12, 1_000, bad) == train(straight, 12, 1_000, bad) is not None


@pytest.mark.parametrize("algorithm", ["random", "pareto"])
def test_of_the_stopped_at_most_the_risk_belongs_to_the_front(
    algorithm: str, tmp_path: Path
) -> None:
    table = read_table(written(tmp_path), COLUMNS)
    stopped, wrongly, spent = 0, 0.0, 0
    for seed in range(6):
        document = {"algorithm": algorithm, "seed": seed, "stop": "front"}
        done = replay(table, SearchSettings.model_validate(document))
        count = sum(one.reason is not None for one in done.ended)
        stopped += count
        wrongly += count * (done.wrongly_stopped or 0.0)
        spent += done.ended[-1].spent
        assert done.volume[-1] > 0.995 * table.volume
    assert stopped > 60
    assert wrongly <= RISK * stopped
    assert spent < 0.7 * 6 * EPOCHS * len(table)


@pytest.mark.parametrize("stop", ["asha", "pareto-asha"])
def test_halving_lets_a_quarter_go_on(stop: str, tmp_path: Path) -> None:
    table = read_table(written(tmp_path), COLUMNS)
    document = {"algorithm": "random", "stop": stop}
    done = replay(table, SearchSettings.model_validate(document))
    whole = sum(one.reason is None for one in done.ended)
    assert len(table) / 6 < whole < len(table) / 2
    assert {one.epochs for one in done.ended} == {3, EPOCHS}


def test_a_stopped_study_keeps_its_reasons_and_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    job = small_job(
        search={"algorithm": "pareto", "stop": "asha", "seed": 7},
        budget={"trials": 6},
        recipe={"epochs": 4, "batch_size": 128},
    )
    run(job, store, name="whole")
    trials = Study(store, "whole").trials()
    stopped = trials[trials["state"] == "stopped"]
    assert 0 < len(stopped) < 6
    assert (stopped["epochs"] == 1).all()
    assert stopped["reason"].str.contains("other trials are more accurate").all()
    assert not set(Study(store, "whole").front()["number"]) & set(stopped["number"])
    with monkeypatch.context() as patch:
        InterruptAtEpoch(7, patch)
        assert run(job, store, name="stopped").state == "interrupted"
    assert resume("stopped", store).state == "finished"
    assert numbers(store, "stopped") == numbers(store, "whole")
