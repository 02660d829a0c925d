"""Latency as size: how it is measured, predicted, kept, and what becomes of it in a study."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from results import Study, open_store
from results.front import hypervolume
from results.pages.report import report_page
from search.algorithms.pareto import ParetoSearch
from search.latency import measured, model, timing
from search.latency.timing import time_beside
from search.session import resume, run
from search.terminal.summary import summarise
from space import SearchSpace
from tests.search.jobs import SPACE, small_job
from tests.search.test_study import InterruptAtEpoch, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from results import Store
    from search.job import Job
    from space import Architecture


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


def true_latency(architecture: Architecture) -> float:
    """A made-up device: a start, work, and memory, each network off by a share of its own."""
    own = int(architecture.fingerprint[:8], 16) % 100 / 1000
    return (0.05 + 2e-6 * architecture.macs + 1e-5 * architecture.activation_bytes) * (1 + own)


class Device:
    """Stands for the clock: counts what was timed, and slows down as it goes on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.timed: list[str] = []
        monkeypatch.setattr(measured, "time_beside", self)

    def __call__(self, architecture: Architecture, reference: Architecture) -> tuple[float, float]:
        self.timed.append(architecture.fingerprint)
        slower = 1 + 0.2 * len(self.timed) / measured.NETWORKS
        own = true_latency(reference)
        return true_latency(architecture) / own, slower * own


def job(algorithm: str = "pareto", **search: Any) -> Job:
    return small_job(search={"algorithm": algorithm, "size": "latency_ms", "seed": 3, **search})


@pytest.mark.parametrize("algorithm", ["pareto", "random"])
def test_interrupted_and_resumed_equals_never_stopped(
    store: Store, algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The predictions and the sizes of trials are those of the start; nothing is timed twice."""
    longer = {"budget": {"trials": 7}}
    asked = job(algorithm).model_copy(update={"budget": small_job(**longer).budget})
    device = Device(monkeypatch)
    run(asked, store, name="whole")
    assert len(device.timed) == len(set(device.timed))
    device.timed.clear()
    with monkeypatch.context() as patch:
        InterruptAtEpoch(9, patch)
        assert run(asked, store, name="stopped").state == "interrupted"
    # Trials in the store count, whatever the file says of them.
    path = store.folder("stopped") / "latency.json"
    kept = json.loads(path.read_text())
    sample = {each: kept["latency_ms"][each] for each in device.timed[: measured.NETWORKS]}
    path.write_text(json.dumps({**kept, "latency_ms": sample}))
    assert resume("stopped", store).state == "finished"
    assert numbers(store, "stopped") == numbers(store, "whole")
    assert len(device.timed) == len(set(device.timed))


def test_the_whole_study_goes_by_what_was_measured(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Device(monkeypatch)
    seen: list[float] = []
    recall = ParetoSearch.recall

    def noting(self: ParetoSearch, proposal: Any) -> None:
        recall(self, proposal)
        seen.append(float(np.exp(self._known[proposal.fingerprint].log_sizes[0])))

    monkeypatch.setattr(ParetoSearch, "recall", noting)
    run(job(goal={"max_latency_ms": 0.5}, stop="pareto-asha"), store, name="quick")
    study = Study(store, "quick")
    trials = study.trials()
    latency = trials["latency_ms"].to_numpy()
    assert latency == pytest.approx(seen)
    slow = latency / [true_latency(study.architecture(n)) for n in trials["number"]]
    assert slow == pytest.approx(slow[0] * np.ones(len(slow)))
    front = study.front()
    assert (front["accuracy"].diff().dropna() > 0).all()
    assert (front["latency_ms"].diff().dropna() > 0).all()
    finished = trials[trials["state"] == "finished"]
    told = 1000 * finished["latency_ms"]
    area = hypervolume(finished["accuracy"], told, reference_size=1000 * latency.max(), log=True)
    assert study.hypervolume(log=True) == pytest.approx(area)
    assert 0 < area < 1
    assert study.best(max_latency_ms=latency.max()).number == trials["accuracy"].idxmax()
    summarise(study)
    printed = capsys.readouterr().out
    assert "latency ms" in printed
    assert f"{front['latency_ms'].iloc[0]:.3g}" in printed
    assert "at most 0.5 latency_ms" in printed
    assert "time for one image, ms" in report_page(study)


def test_predictions_find_latencies_that_costs_and_choices_explain() -> None:
    space = SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10, limits={})
    rng = np.random.default_rng(0)
    points = np.array(sorted({space.sample(rng) for _ in range(60)}), dtype=np.int64)
    latency = np.array([true_latency(space.build(tuple(map(int, one)))) for one in points])
    known = np.arange(len(points)) % 2 == 0
    fitted = model.fit(space, points[known], latency[known])
    other = points[~known]
    off = np.abs(fitted.predict(other, space.costs(other)) / latency[~known] - 1)
    flat = np.abs(np.median(latency[known]) / latency[~known] - 1)
    assert np.median(off) < 0.05 < np.median(flat)
    # What it says of its own errors comes near to what they are.
    told = model.errors(space, points[known], latency[known])
    assert 0.3 < np.median(told) / np.median(off) < 3


def test_a_load_that_slows_both_networks_down_changes_no_latency(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    space = SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10, limits={})
    rng = np.random.default_rng(1)
    one, other = (space.build(space.sample(rng)) for _ in range(2))
    load = iter([1.0, 1.0, 5.0, 5.0, 2.0, 2.0, 9.0, 9.0])

    class Timed:
        def __init__(self, network: Any) -> None:
            params = sum(each.numel() for each in network.parameters())
            self.latency_ms = params * next(load)

    monkeypatch.setattr("trainers.measurement.measure_latency", lambda net, *_, **__: [Timed(net)])
    monkeypatch.setattr(timing, "_SECONDS", 60.0)
    multiple, reference = time_beside(one, other)
    assert multiple == pytest.approx(one.params / other.params)
    assert reference == pytest.approx(other.params * 3.5)


def test_networks_that_an_earlier_study_knows_are_measured_once_and_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same task, whose networks count as known, and another one, whose sizes are predicted."""
    device = Device(monkeypatch)
    run(small_job(), store, name="same")
    other = small_job(recipe={"epochs": 1, "batch_size": 128}, budget={"trials": 5})
    run(other, store, name="other")
    assert not device.timed
    asked = job(start_from=["same", "other"])
    run(asked, store, name="whole")
    device.timed.clear()
    with monkeypatch.context() as patch:
        InterruptAtEpoch(3, patch)
        run(asked, store, name="stopped")
    count = len(device.timed)
    kept = json.loads((store.folder("stopped") / "latency.json").read_text())["latency_ms"]
    assert set(Study(store, "same").trials()["fingerprint"]) <= set(kept)
    resume("stopped", store)
    assert numbers(store, "stopped") == numbers(store, "whole")
    assert set(device.timed[count:]).isdisjoint(kept)


def test_a_space_of_two_networks_is_measured_and_searched(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(monkeypatch)
    stage = {"repeat": [1], "op": ["conv"], "filters": [2, 4], "kernel": [3], "pool": ["max"]}
    head = {"pool": ["global_avg"], "hidden": [[]], "dropout": [0.0]}
    asked = job().model_copy(update={"space": {"stages": [stage], "head": head}})
    run(asked, store, name="tiny")
    assert Study(store, "tiny").trials()["latency_ms"].notna().sum() == len(device.timed) == 2
