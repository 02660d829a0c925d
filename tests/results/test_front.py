from __future__ import annotations

import math
from itertools import pairwise
from operator import le
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from results import hypervolume, is_front, open_store
from results.front_query import front_numbers
from results.overview import studies_frame
from results.rows import of_start
from results.schema import TRIALS as TABLE
from space.errors import InputError

from .samples import new_study, start

if TYPE_CHECKING:
    from pathlib import Path

# Few distinct values, so that ties and duplicates are the rule.
ACCURACIES = st.one_of(st.sampled_from([0.0, 0.1, 0.5, 0.5, 0.9, 1.0, math.nan]), st.floats(0, 1))
SIZES = st.one_of(
    st.sampled_from([1.0, 2.0, 2.0, 10.0, 1e6, math.inf, math.nan]), st.floats(1, 1e9)
)
TRIALS = st.lists(st.tuples(ACCURACIES, SIZES), max_size=30)


def columns(trials: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [accuracy for accuracy, _ in trials], [size for _, size in trials]


def beaten(one: tuple[float, float], other: tuple[float, float]) -> bool:
    no_worse = other[0] >= one[0] and other[1] <= one[1]
    return no_worse and (other[0] > one[0] or other[1] < one[1])


@given(TRIALS)
def test_the_front_is_what_a_comparison_of_all_pairs_leaves(
    trials: list[tuple[float, float]],
) -> None:
    known = [not any(map(math.isnan, trial)) for trial in trials]
    expected = [
        known[i] and not any(beaten(trial, other) for j, other in enumerate(trials) if known[j])
        for i, trial in enumerate(trials)
    ]
    assert is_front(*columns(trials)).tolist() == expected


@given(st.lists(st.tuples(ACCURACIES, SIZES, SIZES), max_size=30))
def test_with_two_sizes_a_trial_must_be_beaten_on_all_three(
    trials: list[tuple[float, float, float]],
) -> None:
    known = [trial for trial in trials if not any(map(math.isnan, trial))]
    for trial, on in zip(trials, is_front(*parts(trials)), strict=True):
        smaller = [one for one in known if all(map(le, one[1:], trial[1:]))]
        beaten = any(one[0] >= trial[0] and one != trial for one in smaller)
        assert on == (trial in known and not beaten)


def parts(trials: list[tuple[float, float, float]]) -> tuple[list[float], np.ndarray]:
    return [one[0] for one in trials], np.array([one[1:] for one in trials]).reshape(-1, 2)


@given(st.lists(st.tuples(ACCURACIES, SIZES, SIZES), max_size=12))
def test_with_two_sizes_the_hypervolume_is_the_volume_of_all_boxes(
    trials: list[tuple[float, float, float]],
) -> None:
    """Box by box between all sizes that occur, each as high as the best accuracy below it."""
    limits = (1e6, 100.0)
    inside = [
        one for one in trials if all(map(math.isfinite, one)) and all(map(le, one[1:], limits))
    ]
    firsts, seconds = (sorted({one[at] for one in inside} | {limits[at - 1]}) for at in (1, 2))
    volume = math.fsum(
        (right - left)
        * (upper - lower)
        * max((a for a, s, t in inside if s <= left and t <= lower), default=0.0)
        for left, right in pairwise(firsts)
        for lower, upper in pairwise(seconds)
    )
    measured = hypervolume(*parts(trials), reference_size=limits)
    assert measured == pytest.approx(volume, rel=1e-9, abs=1e-9)


def area(trials: list[tuple[float, float]], limit: float) -> float:
    """Sum the strips between neighbouring sizes, each at the best accuracy to its left."""
    inside = [(a, s) for a, s in trials if math.isfinite(a) and s <= limit]
    edges = sorted({s for _, s in inside} | {limit})
    strips = [
        (right - left) * max((a for a, s in inside if s <= left), default=0.0)
        for left, right in pairwise(edges)
    ]
    return math.fsum(strips)


@given(TRIALS, st.one_of(st.sampled_from([2.0, 10.0]), st.floats(1.5, 1e7)))
def test_the_hypervolume_is_the_area_under_the_staircase(
    trials: list[tuple[float, float]], limit: float
) -> None:
    measured = hypervolume(*columns(trials), reference_size=limit)
    assert measured == pytest.approx(area(trials, limit), rel=1e-9, abs=1e-12)
    logs = [(a, math.log10(s) / math.log10(limit)) for a, s in trials]
    share = hypervolume(*columns(trials), reference_size=limit, log=True)
    assert share == pytest.approx(area(logs, 1.0), rel=1e-9, abs=1e-12)
    assert 0.0 <= share <= 1.0


@given(TRIALS, st.tuples(st.floats(0, 1), st.floats(1, 100)))
def test_one_more_trial_never_shrinks_the_hypervolume(
    trials: list[tuple[float, float]], one: tuple[float, float]
) -> None:
    before, after = (
        hypervolume(*columns(each), reference_size=100.0) for each in (trials, [*trials, one])
    )
    assert after >= before - 1e-9


def test_by_hand() -> None:
    accuracy = np.array([0.5, 0.9, 0.4, 0.9, 0.9, np.nan])
    size = np.array([10, 100, 20, 100, 1000, 1])
    given_accuracy, given_size = accuracy.copy(), size.copy()
    assert is_front(accuracy, size).tolist() == [True, True, False, True, False, False]
    # The default reference is (0, 1000): 90 wide at 0.5, then 900 wide at 0.9.
    assert hypervolume(accuracy, size) == pytest.approx(90 * 0.5 + 900 * 0.9)
    # Thirds of the way from 1 to 1000: one at 0.5, one at 0.9.
    assert hypervolume(accuracy, size, log=True) == pytest.approx((0.5 + 0.9) / 3)
    above = hypervolume(accuracy, size, reference_accuracy=0.6, reference_size=200)
    assert above == pytest.approx(100 * 0.3)
    np.testing.assert_array_equal(accuracy, given_accuracy)
    np.testing.assert_array_equal(size, given_size)


def test_nothing_and_one() -> None:
    assert is_front([], []).tolist() == []
    assert hypervolume([], []) == 0.0
    assert hypervolume([math.nan], [5]) == 0.0
    assert is_front([0.3], [7]).tolist() == [True]
    assert hypervolume([0.3], [7], reference_size=17) == pytest.approx(3.0)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(InputError, match="equally long"):
        is_front([0.1, 0.2], [1])
    with pytest.raises(InputError, match="flat"):
        is_front([[0.1]], [[1]])
    with pytest.raises(InputError, match="log scale"):
        hypervolume([0.1], [0.5], log=True)
    with pytest.raises(InputError, match="log scale"):
        hypervolume([0.1], [1], log=True)


@given(TRIALS)
@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_database_finds_the_same_front(
    tmp_path: Path, trials: list[tuple[float, float]]
) -> None:
    """With ties, duplicates, sizes and accuracies that are not known, and other studies beside."""
    store = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    names = [uuid4().hex for _ in range(2)]
    ids = [new_study(store, name, size="latency_ms").id for name in names]
    known = [(a, s) for a, s in trials if not math.isinf(s)]
    row = of_start(start(0)) | {"state": "finished", "reason": "all", "ended_at": 2.0}
    rows = [
        row
        | {"study_id": study, "number": number, "started_at": 1.0}
        | {"accuracy": None if math.isnan(a) else a, "latency_ms": None if math.isnan(s) else s}
        for study in ids
        for number, (a, s) in enumerate(known[: len(known) if study == ids[0] else 3])
    ]
    if rows:
        with store.write() as connection:
            connection.execute(insert(TABLE), rows)
    found = front_numbers(store, ids[0], "latency_ms")
    assert found == np.flatnonzero(is_front(*columns(known))).tolist()
    counts = [len(found), int(is_front(*columns(known[:3])).sum())]
    frame = studies_frame(store).set_index("study")
    assert frame.loc[names, "front"].tolist() == counts
    store.close()
