"""The census against the plain enumeration of all points."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space import Architecture, InfeasibleError, SearchSpace, census
from space.lattice import engine
from tests.space.brute import every, inside, limited, limits_around
from tests.space.test_bulk import all_points
from tests.space.test_networks import LIMITS, TWINS
from tests.strategies import spaces


@settings(max_examples=25, deadline=None)
@given(spaces(most_points=800), st.data())
def test_a_census_is_what_enumeration_finds(space: SearchSpace, data: st.DataObject) -> None:
    points = every(space)
    limits = data.draw(limits_around(list(points.values())) | st.just({}))
    nets = {net.fingerprint: net for net in points.values()}
    kept = [net for net in nets.values() if inside(net, limits)]
    if not kept:
        return
    taken = limited(space, limits).census()
    assert taken.points == prod(len(dimension.choices) for dimension in space.dimensions)
    assert taken.valid_points == sum(fits(space, point) for point in all_points(space))
    assert taken.networks == census.Count(len(nets), exact=True, most=len(nets))
    assert taken.kept == census.Count(len(kept), exact=True, most=len(kept))
    assert taken.smallest.params == min(net.params for net in nets.values())
    assert taken.largest.params == max(net.params for net in nets.values())
    for cost in ("params", "macs"):
        told = getattr(taken, cost)
        assert told.exact
        counts, _ = np.histogram([getattr(net, cost) for net in kept], told.edges)
        # NumPy puts the end of the last bin into it; no cost reaches that end.
        assert told.counts == tuple(counts)
        assert sum(told.counts) == len(kept)
    for cost in ("params", "macs"):
        assert sum(getattr(share, cost) for share in taken.shares) == pytest.approx(1)


def fits(space: SearchSpace, point: np.ndarray) -> bool:
    try:
        space.build_freely(tuple(point))
    except InfeasibleError:
        return False
    return True


def twins() -> SearchSpace:
    return SearchSpace.from_dict(TWINS, input_shape=(1, 4, 4), classes=3, limits=LIMITS)


def test_estimates_lie_near_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = twins().census()
    monkeypatch.setattr(engine, "MOST_EDGES", 0)
    monkeypatch.setattr(engine, "_MOST_COUNTED", 0)
    taken = twins().census()
    for name in ("networks", "kept"):
        true, told = getattr(exact, name), getattr(taken, name)
        assert not told.exact
        assert told.most >= true.value
        assert abs(told.value - true.value) < 4 * told.error
    assert not taken.params.exact
    assert sum(taken.params.counts) == pytest.approx(taken.kept.value)
    assert "estimated from draws" in census.text(taken)


def few_layers(network: Architecture) -> bool:
    return network.depth < 3


def test_the_text_tells_every_number() -> None:
    taken = twins().census()
    told = census.text(taken)
    for number in (taken.points, taken.valid_points, taken.networks.value, taken.kept.value):
        assert f"{number:,}" in told
    assert "params 400, macs 400 to 3,000" in told
    assert f"{taken.dominant.where} dominates the params" in told
    assert twins().census() == taken
    ruled = SearchSpace.from_dict(TWINS, input_shape=(1, 4, 4), classes=3, where=few_layers)
    assert "where rule" in census.text(ruled.census())


@pytest.mark.slow
def test_a_space_of_ten_to_the_fifteen_points_is_estimated() -> None:
    stage = {
        "repeat": [1, 2, 3],
        "op": ["conv", "depthwise"],
        "filters": [8, 16, 24, 32],
        "kernel": [3, 5],
        "stride": [1, 2],
    }
    space = SearchSpace.from_dict(
        {"stages": [stage] * 8}, input_shape=(3, 16, 16), classes=10, limits={"params": 60_000}
    )
    taken = space.census()
    assert taken.points == 96**8 > 10**15
    assert taken.kept.error < 0.2 * taken.kept.value < taken.networks.value
