"""Stopping rules on curves, and in a study."""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from results import Study, open_store
from search.algorithms import Outcome
from search.algorithms.random_search import RandomSearch
from search.algorithms.sizer import Formula
from search.desk import Desk
from search.job import SearchSettings
from search.plan import prepare
from search.replay import read_table, replay
from search.session import resume, run
from search.stopping import Network, Stop, choose_stopping
from search.terminal.views import print_study, print_trial
from tests.search.jobs import small_job
from tests.search.tables import EPOCHS, written
from tests.search.test_replay import COLUMNS
from tests.search.test_study import InterruptAtEpoch, numbers
from trainers import EpochReport

if TYPE_CHECKING:
    from pathlib import Path

    from search.job import StopName
    from search.stopping import StoppingRule
    from space import SearchSpace

RISK = 0.05


def curve(end: float, rng: np.random.Generator) -> np.ndarray:
    return end - 0.4 / np.arange(1, EPOCHS + 1) + rng.normal(0, 0.004, EPOCHS)


def encode(points: np.ndarray) -> np.ndarray:
    return np.asarray(points) / 9


def network(size: float) -> Network:
    """A network of one choice."""
    return Network((int(size) % 10,), (size,))


def train(rule: StoppingRule, number: int, size: float, told: np.ndarray) -> Stop | None:
    """Tell a curve until the rule stops it, and return the stop."""
    for epoch, accuracy in enumerate(told, 1):
        stop = rule.judge(number, network(size), epoch, float(accuracy))
        if stop is not None:
            return stop
    return None


def rule_of(name: StopName) -> StoppingRule:
    space = cast("SearchSpace", SimpleNamespace(encode=encode))
    rule = choose_stopping(name, EPOCHS, space)
    assert rule is not None
    return rule


@dataclass
class Trial:
    """A trial that workers train."""

    size: float
    curve: np.ndarray
    epoch: int = 0
    stop: Stop | None = None

    @property
    def ended(self) -> bool:
        return self.stop is not None or self.epoch == EPOCHS


class Workers:
    """Three workers that train networks epoch by epoch in a random order, under a rule."""

    def __init__(self, rule: StoppingRule, seed: int) -> None:
        self.rule, self.rng = rule, np.random.default_rng(seed)
        self.trials: list[Trial] = []
        self.order: list[int] = []

    def work(self, epochs: int) -> None:
        for _ in range(epochs):
            running = [number for number, one in enumerate(self.trials) if not one.ended]
            if len(running) < 3:
                self._start()
            else:
                self._train(int(self.rng.choice(running)))

    def _start(self) -> None:
        size = float(self.rng.integers(100, 10_000))
        end = 0.95 - 2.0 / np.sqrt(size) - 0.2 * float(self.rng.random() < 0.6)
        self.trials.append(Trial(size, curve(end, self.rng)))

    def _train(self, number: int) -> None:
        one = self.trials[number]
        one.epoch += 1
        accuracy = float(one.curve[one.epoch - 1])
        one.stop = self.rule.judge(number, network(one.size), one.epoch, accuracy)
        assert one.stop is None or one.epoch < EPOCHS
        if one.ended:
            self.order.append(number)

    def hand_over(self, rule: StoppingRule) -> dict[int, Stop | None]:
        """Rebuild another rule as a resumed study does, and go on under it."""
        running = [number for number, one in enumerate(self.trials) if not one.ended]
        stops = {}
        for number in [*self.order, *running]:
            one = self.trials[number]
            told = one.curve[: one.epoch].tolist()
            stopped = one.stop is not None
            stops[number] = rule.recall(number, network(one.size), told, stopped=stopped)
        self.rule = rule
        return stops


RULES: list[StopName] = ["front", "asha", "pareto-asha"]


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("cut", [257])
def test_a_recalled_rule_judges_as_one_that_went_on(name: StopName, cut: int) -> None:
    straight, resumed = Workers(rule_of(name), 1), Workers(rule_of(name), 1)
    straight.work(400)
    resumed.work(cut)
    stops = resumed.hand_over(rule_of(name))
    for number, stop in stops.items():
        before = straight.trials[number].stop if resumed.trials[number].ended else None
        assert (stop and (stop.expected, stop.spread)) == (
            before and (before.expected, before.spread)
        )
    resumed.work(400 - cut)
    assert [one.stop for one in resumed.trials] == [one.stop for one in straight.trials]
    assert sum(one.stop is not None for one in straight.trials) > 10


@pytest.mark.parametrize("name", ["front", "pareto-asha"])
def test_a_small_network_is_not_stopped_for_being_less_accurate_than_large_ones(
    name: StopName,
) -> None:
    rng = np.random.default_rng(0)
    rule, by_accuracy = rule_of(name), rule_of("asha")
    for number in range(15):
        for each in (rule, by_accuracy):
            train(each, number, 10_000 + 10 * number, curve(0.9 + 0.001 * number, rng))
    for number in range(15, 25):
        assert train(rule, number, 130.0 - number, curve(0.5, rng)) is None
    assert train(by_accuracy, 15, 100, curve(0.5, rng)) is not None


def test_a_stop_states_what_was_needed_and_expected() -> None:
    workers = Workers(rule_of("front"), 0)
    workers.work(400)
    stopped = [number for number in workers.order if workers.trials[number].stop is not None]
    assert len(stopped) > 10
    for number in stopped:
        one = workers.trials[number]
        assert one.stop is not None
        before = [workers.trials[each] for each in workers.order[: workers.order.index(number)]]
        whole = [each for each in before if each.epoch == EPOCHS and each.size <= one.size]
        needed = max(each.curve[-1] for each in whole)
        assert one.stop.reason == (
            f"epoch {one.epoch}: needs {needed:.4f} at {one.size:,.0f}, "
            f"expected {one.stop.expected:.4f} ± {one.stop.spread:.4f}"
        )
        assert one.stop.expected < needed


def test_an_expected_end_is_about_as_far_off_as_it_says() -> None:
    off = list[float]()
    for seed in range(2):
        workers = Workers(rule_of("front"), seed)
        workers.work(600)
        off += [
            (one.curve[-1] - one.stop.expected) / one.stop.spread
            for one in workers.trials
            if one.stop is not None
        ]
    assert len(off) > 30
    assert np.sqrt(np.mean(np.square(off))) < 1.6
    assert abs(np.mean(off)) < 0.6


def test_a_trial_that_is_trained_anew_is_judged_by_its_new_curve() -> None:
    rng = np.random.default_rng(0)
    again, straight = rule_of("front"), rule_of("front")
    for number in range(20):
        told, size = curve(float(rng.uniform(0.7, 0.9)), rng), 1_000 + 50 * number
        # Before ten are whole nobody is stopped, and an attempt may be lost.
        for lost in range(1, 4) if number < 10 else ():
            again.judge(number, network(size), lost, 0.1)
        assert train(again, number, size, told) == train(straight, number, size, told)
    bad = curve(0.72, rng)
    stop = train(straight, 20, 2_000, bad)
    assert stop is not None
    assert train(again, 20, 2_000, bad) == stop


def test_a_resumed_desk_tells_the_algorithm_what_it_was_told_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    job = small_job(
        search={"algorithm": "random", "stop": "front", "seed": 7},
        budget={"trials": 45},
        recipe={"epochs": EPOCHS, "batch_size": 128},
    )
    plan = prepare(job)
    study = store.create_study(
        "two",
        job.model_dump(mode="json"),
        data={"name": "digits"},
        space=plan.space.to_dict(),
        seed=7,
        size=job.search.size,
    )

    def open_desk() -> tuple[Desk, dict[str, Outcome]]:
        algorithm, told = RandomSearch(plan.space, seed=7), dict[str, Outcome]()
        algorithm.tell = lambda outcome: told.update({outcome.proposal.fingerprint: outcome})  # type: ignore[method-assign]
        rule = choose_stopping("front", EPOCHS, plan.space)
        sizers = [Formula("params")]
        desk = Desk(
            store, study, algorithm, recipe=plan.recipe, job=job, sizers=sizers, stopping=rule
        )
        return desk, told

    desk, told = open_desk()
    rng, running = np.random.default_rng(0), dict[int, list[float]]()
    for _ in range(300):
        if len(running) < 3 and (assignment := desk.next()) is not None:
            size = assignment.architecture.params
            end = 0.9 - 1.0 / np.sqrt(size) - 0.3 * float(rng.random() < 0.6)
            running[assignment.number] = curve(end, rng).tolist()
        number = int(rng.choice(list(running)))
        epoch = EPOCHS - len(running[number]) + 1
        if not desk.report(number, epoch_report(epoch, running[number].pop(0))):
            del running[number]
    stopped = [one for one in told.values() if one.spread > 0]
    assert len(stopped) > 3
    for trial in store.trials(study.id):
        outcome = told[trial.fingerprint] if trial.state == "stopped" else None
        assert (trial.expected, trial.expected_spread) == (
            (None, None) if outcome is None else (outcome.accuracy, outcome.spread)
        )
        if outcome is not None:
            print_trial(Study(store, "two"), trial.number, as_json=False)
            told_end = f"expected {trial.expected:.2%} ± {trial.expected_spread:.2%}"
            assert told_end in capsys.readouterr().out
    print_study(Study(store, "two"), as_json=False)
    shown = capsys.readouterr().out
    assert " expected " in shown
    assert all(f"{outcome.accuracy:.2%}" in shown for outcome in stopped)
    _, again = open_desk()
    assert again == told


def epoch_report(epoch: int, accuracy: float) -> EpochReport:
    numbers = dict.fromkeys((each.name for each in fields(EpochReport)), 0.1)
    return EpochReport(**numbers | {"epoch": epoch, "accuracy": accuracy})  # type: ignore[arg-type]


@pytest.mark.parametrize("algorithm", ["random", "pareto"])
def test_of_the_stopped_at_most_the_risk_belongs_to_the_front(
    algorithm: str, tmp_path: Path
) -> None:
    table = read_table(written(tmp_path), COLUMNS)
    stopped, wrongly, spent, lost = 0, 0.0, 0, []
    for seed in range(6):
        document = {"algorithm": algorithm, "seed": seed, "stop": "front"}
        done = replay(table, SearchSettings.model_validate(document))
        count = sum(one.reason is not None for one in done.ended)
        stopped += count
        wrongly += count * (done.wrongly_stopped or 0.0)
        spent += done.ended[-1].spent
        lost.append(1 - done.volume[-1] / table.volume)
    assert np.mean(lost) < 0.005
    assert max(lost) < 0.01
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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
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
    # This rule knows no more than where they stood.
    assert (stopped["expected"] == stopped["accuracy"]).all()
    assert trials["expected"].notna().sum() == len(stopped)
    assert trials["expected_spread"].isna().all()
    print_study(Study(store, "whole"), as_json=False)
    assert "expected" not in capsys.readouterr().out
    assert not set(Study(store, "whole").front()["number"]) & set(stopped["number"])
    with monkeypatch.context() as patch:
        InterruptAtEpoch(7, patch)
        assert run(job, store, name="stopped").state == "interrupted"
    assert resume("stopped", store).state == "finished"
    assert numbers(store, "stopped") == numbers(store, "whole")
