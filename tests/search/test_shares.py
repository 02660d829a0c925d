"""Shares of a GPU, told from predictions and peaks, without a GPU."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.assignment import Assignment
from search.runners.shares import CONTEXT_BYTES, ENOUGH, MARGIN, SHARES, Shares, spoken
from tests.results.samples import small_network
from trainers import Recipe
from trainers.memory import predict_memory

GIB = 1024**3
TRIAL = Assignment(0, small_network(), Recipe(), 0, "weights")
NEEDED = predict_memory(TRIAL.architecture, TRIAL.recipe)


def of(gpu_bytes: float, setting: float | str = "auto") -> Shares:
    return Shares(setting, gpu_bytes=round(gpu_bytes), images=0)  # type: ignore[arg-type]


@given(st.floats(0.01, 100))
def test_a_share_holds_its_trial_and_the_next_smaller_would_not(times: float) -> None:
    gpu_bytes = times * (NEEDED + CONTEXT_BYTES)
    share = of(gpu_bytes).share(TRIAL)
    assert share in SHARES
    if share < 1:
        assert share * gpu_bytes >= NEEDED + CONTEXT_BYTES - 1
    if share > SHARES[0]:
        assert share / 2 * gpu_bytes < NEEDED + CONTEXT_BYTES


def test_without_a_gpu_or_by_the_job_nothing_is_predicted() -> None:
    assert of(0).share(TRIAL) == 0
    assert of(GIB, 0.3).share(TRIAL) == 0.3
    assert of(GIB, 0).share(TRIAL) == 0
    assert of(GIB, 0.25).grow(0, 0.25) is None
    assert of(0).grow(0, 0.0) is None


@pytest.mark.parametrize("ratio", [0.1, 2.5])
def test_peaks_correct_predictions_once_there_are_enough(ratio: float) -> None:
    shares = of(GIB)
    for seen in range(ENOUGH):
        assert shares.scale == 1
        # The largest ratio counts, in whatever order they come.
        shares.learn(TRIAL, round(NEEDED * ratio / (1 + seen % 3)))
    assert shares.scale == pytest.approx(MARGIN * ratio)
    exact = (MARGIN * ratio * NEEDED + CONTEXT_BYTES) * 1.001
    assert of(4 * exact).share(TRIAL) in SHARES
    calibrated = of(4 * exact)
    for _ in range(ENOUGH):
        calibrated.learn(TRIAL, round(NEEDED * ratio))
    assert calibrated.share(TRIAL) == 1 / 4


def test_a_trial_whose_memory_ran_out_grows_until_it_has_a_gpu_alone() -> None:
    shares = of(1000 * GIB)
    assert shares.share(TRIAL) == 1 / 16
    share, seen = 1 / 16, []
    while (larger := shares.grow(0, share)) is not None:
        share = shares.share(TRIAL)
        seen.append(share)
        assert share == larger
    assert seen == [1 / 8, 1 / 4, 1 / 2, 1]
    assert shares.share(replace(TRIAL, number=1)) == 1 / 16
    assert [spoken(share) for share in (0.0, *SHARES, 2.0)] == [
        "0", "1/16", "1/8", "1/4", "1/2", "1", "2",
    ]  # fmt: skip
