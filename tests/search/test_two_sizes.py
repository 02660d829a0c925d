"""Accuracy against two sizes at once: `search.also` in a whole study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from results import Study, hypervolume, is_front, open_store
from results.overview import studies_frame
from search.goal import check_aims
from search.job import SearchSettings
from search.session import resume, run
from search.stopping import choose_stopping
from search.stopping.rule import Network
from search.terminal.views import print_front
from space.errors import InputError
from tests.search.jobs import small_job
from tests.search.test_study import InterruptAtEpoch, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from results import Store

SEARCH = {"algorithm": "pareto", "also": "macs", "seed": 3}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


@pytest.mark.parametrize("stop", ["front", "pareto-asha"])
def test_a_study_of_two_sizes_resumes_as_if_it_was_never_stopped(
    store: Store,
    stop: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    job = small_job(search=SEARCH | {"stop": stop}, budget={"trials": 14})
    straight = run(job, store, name="straight")
    assert straight.sizes == ("params", "macs")
    with monkeypatch.context() as patched:
        InterruptAtEpoch(15, patched)
        assert run(job, store, name="cut").state == "interrupted"
    resume("cut", store)
    assert numbers(store, "cut") == numbers(store, "straight")

    study = Study(store, "straight")
    trials = study.trials()
    finished = trials[trials["state"] == "finished"]
    sizes = finished[["params", "macs"]]
    expected = finished.loc[is_front(finished["accuracy"], sizes), "number"]
    front = study.front()
    assert set(front["number"]) == set(expected)
    assert set(study.front("params")["number"]) <= set(expected)
    listed = studies_frame(store).set_index("study")["front"]
    assert listed["straight"] == len(expected)
    limits = [1_500, trials["macs"].max()]
    volume = hypervolume(finished["accuracy"], sizes, reference_size=limits, log=True)
    assert study.hypervolume(log=True) == pytest.approx(volume)
    print_front(study, None, as_json=False)
    shown = capsys.readouterr().out
    assert all(f"{macs:,}" in shown for macs in front["macs"])


def test_only_rivals_that_are_no_larger_in_both_sizes_count() -> None:
    """A bad trial goes on while none was trained that is as cheap in both ways."""

    class Space:
        @staticmethod
        def encode(points: np.ndarray) -> np.ndarray:
            return np.asarray(points) / 9

    rng = np.random.default_rng(0)
    rule = choose_stopping("front", 12, Space())  # type: ignore[arg-type]
    assert rule is not None
    for number in range(14):
        sizes = (100.0 + number, 2_000.0 + 10 * number)
        for epoch in range(1, 13):
            accuracy = 0.9 - 0.4 / epoch + rng.normal(0, 0.004)
            rule.judge(number, Network((number % 10,), sizes), epoch, accuracy)

    def bad(number: int, sizes: tuple[float, float]) -> str | None:
        told = (rule.judge(number, Network((3,), sizes), at, 0.5 - 0.4 / at) for at in range(1, 13))
        return next((stop.reason for stop in told if stop is not None), None)

    assert bad(20, (5_000.0, 1_000.0)) is None
    reason = bad(21, (5_000.0, 9_000.0))
    assert reason is not None
    assert "at 5,000 and 9,000, expected" in reason


def test_wrong_second_sizes_are_refused() -> None:
    with pytest.raises(InputError, match=r"another than search\.size"):
        check_aims(SearchSettings(also="params"))
    with pytest.raises(InputError, match="a goal weighs accuracy against one size"):
        check_aims(SearchSettings.model_validate({"also": "macs", "goal": {"min_accuracy": 0.9}}))
