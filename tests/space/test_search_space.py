"""Search spaces against the plain enumeration of all their points."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space import InfeasibleError, InputError, Limits, SearchSpace
from space.lattice import draw, engine
from space.lattice.draw import Sampler
from space.lattice.tables import tabulate
from tests.space.brute import every, inside, limited, limits_around
from tests.strategies import spaces


@settings(max_examples=60, deadline=None)
@given(spaces(), st.data())
def test_limits_keep_exactly_the_points_inside_them(
    space: SearchSpace, data: st.DataObject
) -> None:
    points = every(space)
    limits = data.draw(limits_around(list(points.values())))
    kept = {point for point, architecture in points.items() if inside(architecture, limits)}
    if not kept:
        with pytest.raises(InputError, match="The smallest network that exists has") as caught:
            limited(space, limits)
        assert caught.value.field == "limits"
        return
    tight = limited(space, limits)
    assert tight._engine.sampler.exact
    assert tabulate(tight._engine.box).levels[0].counts.sum() == len(kept)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    for spread in ("points", "log_params"):
        assert {tight.sample(rng, spread=spread) for _ in range(20)} <= kept
    for point in list(points)[:50]:
        if point in kept:
            assert tight.build(point) == points[point]
        else:
            with pytest.raises(InfeasibleError) as wrong:
                tight.build(point)
            assert wrong.value.violation > 0


@settings(max_examples=30, deadline=None)
@given(spaces(), st.data())
def test_counting_in_grains_still_draws_inside_the_limits(
    space: SearchSpace, data: st.DataObject
) -> None:
    points = every(space)
    limits = data.draw(limits_around(list(points.values())))
    kept = {point for point, architecture in points.items() if inside(architecture, limits)}
    if not kept:
        return
    engine = limited(space, limits)._engine
    coarse = tabulate(engine.box, work=0, cells=data.draw(st.integers(4, 64)))
    assert coarse.levels[0].counts.sum() >= len(kept)
    codes = Sampler(engine.levels, engine.box, coarse).codes(np.random.default_rng(0), "points")
    assert codes is not None
    assert engine.point(codes) in kept


def chi_square(space: SearchSpace, draws: int, *, coarse: bool) -> tuple[float, int]:
    """Compare draws with equal chances for each point of the space inside its limits."""
    engine = space._engine
    tables = tabulate(engine.box, work=0, cells=256) if coarse else tabulate(engine.box)
    sampler, rng = Sampler(engine.levels, engine.box, tables), np.random.default_rng(5)
    keys = {point: 0 for point, net in every(space).items() if space.limits.worst(net)[0] == 0}
    for _ in range(draws):
        codes = sampler.codes(rng, "points")
        assert codes is not None
        keys[engine.point(codes)] += 1
    expected = draws / len(keys)
    return sum((n - expected) ** 2 / expected for n in keys.values()), len(keys) - 1


@pytest.mark.parametrize("coarse", [False, True])
def test_points_are_drawn_with_equal_chances(coarse: bool) -> None:
    document = {
        "stages": [
            {"filters": [2, 4], "kernel": [1, 3], "repeat": [1, 2], "per_layer": ["filters"]},
            {"filters": [3, 5], "repeat": [0, 1], "pool": ["none", "max"]},
        ]
    }
    space = SearchSpace.from_dict(
        document, input_shape=(1, 6, 6), classes=3, limits={"params": 400, "macs": [1000, 30000]}
    )
    statistic, freedom = chi_square(space, 4000, coarse=coarse)
    assert freedom > 20
    # Six standard deviations above the mean of the distribution.
    assert statistic < freedom + 6 * (2 * freedom) ** 0.5


DIGITS: dict[str, Any] = {
    "stages": [
        {"repeat": [1, 2], "filters": [4, 8, 16], "kernel": [3, 5], "pool": ["none", "max"]},
        {
            "repeat": [0, 1, 2],
            "op": ["conv", "depthwise", "residual"],
            "filters": [8, 16, 32],
            "kernel": [1, 3],
            "stride": [1, 2],
            "pool": ["none", "max"],
        },
    ],
    "head": {"pool": ["flatten", "global_avg"], "hidden": [[], [32]], "dropout": [0.0, 0.25]},
}


def digits(**limits: Any) -> SearchSpace:
    kept = {"input_shape": (1, 8, 8), "classes": 10}
    return SearchSpace.from_dict(DIGITS, **kept, limits=limits)


def test_log_params_reaches_small_and_large_networks_alike() -> None:
    space, rng = digits(params=20_000), np.random.default_rng(0)
    params = [space.build(space.sample(rng, spread="log_params")).params for _ in range(300)]
    assert max(params) <= 20_000
    small, middle, large = np.histogram(params, [0, 700, 3_000, 20_000])[0]
    assert min(small, middle, large) > 50
    plain = [space.build(space.sample(rng)).params for _ in range(300)]
    assert np.median(plain) > np.median(params)


def test_tight_limits_leave_what_is_there() -> None:
    smallest = digits().build_freely(digits()._engine.extreme("params"))
    space = digits(params=smallest.params)
    assert space.build(space.sample(np.random.default_rng(3))).params == smallest.params
    with pytest.raises(InputError) as caught:
        digits(params=smallest.params - 1)
    assert f"{smallest.params:,} params" in caught.value.suggestion
    with pytest.raises(InputError, match="The largest has"):
        digits(depth=[50, None])


def test_a_large_space_is_counted_in_grains_and_stays_inside() -> None:
    stage = {
        "repeat": [0, 1, 2, 3],
        "op": ["conv", "depthwise"],
        "filters": [8, 12, 20, 33],
        "kernel": [1, 3],
        "pool": ["none", "max"],
        "per_layer": ["filters"],
    }
    limits = {"params": [5_000, 40_000], "macs": 2_000_000, "activation_bytes": 60_000}
    space = SearchSpace.from_dict(
        {"stages": [stage] * 4}, input_shape=(3, 32, 32), classes=10, limits=limits
    )
    assert not space._engine.sampler.exact
    rng = np.random.default_rng(1)
    built = [space.build(space.sample(rng, spread="log_params")) for _ in range(30)]
    assert len({architecture.fingerprint for architecture in built}) > 25


def test_a_growing_space_never_shrinks() -> None:
    document = {"stages": [{"filters": [4, 8], "repeat": [0, 1]}] * 3, "growing": True}
    space = SearchSpace.from_dict(document, input_shape=(1, 4, 4), classes=2)
    for architecture in every(space).values():
        channels = [shape[0] for shape in architecture.shapes if len(shape) == 3]
        assert channels == sorted(channels)


class Trial:
    """Answers as an Optuna trial does, and remembers what it was asked."""

    def __init__(self, seed: int) -> None:
        self.rng, self.asked = np.random.default_rng(seed), {}

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        assert all(isinstance(choice, str | int | float) for choice in choices)
        self.asked[name] = choices[self.rng.integers(len(choices))]
        return self.asked[name]


@settings(max_examples=30, deadline=None)
@given(spaces(), st.integers(0, 99))
def test_labels_lead_to_the_point_and_back(space: SearchSpace, seed: int) -> None:
    trial = Trial(seed)
    point = space.to_optuna(trial)
    assert list(trial.asked) == [dimension.name for dimension in space.dimensions]
    assert space.point_of_labels(trial.asked) == point
    assert space.point_of_labels(space.labels(point)) == point
    drawn = space.sample(np.random.default_rng(seed))
    assert space.point_of_labels(space.labels(drawn)) == drawn


@settings(max_examples=30, deadline=None)
@given(spaces())
def test_documents_and_pickles_give_the_same_space(space: SearchSpace) -> None:
    again = SearchSpace.from_dict(
        space.to_dict(), input_shape=space.input_shape, classes=space.classes
    )
    assert again == space
    assert again.to_dict() == space.to_dict()
    copy = pickle.loads(pickle.dumps(space))
    assert copy == space
    rngs = (np.random.default_rng(7), np.random.default_rng(7))
    assert copy.sample(rngs[0]) == space.sample(rngs[1])


def test_points_that_do_not_belong_are_refused() -> None:
    space = digits()
    good = space.sample(np.random.default_rng(0))
    for wrong, field in (((*good, 0), "point"), ((9, *good[1:]), "point[0]")):
        with pytest.raises(InputError) as caught:
            space.build(wrong)
        assert caught.value.field == field
    labels = space.labels(good)
    for wrong_labels in (labels | {"stages[9].op": "conv"}, labels | {"head.pool": "max"}, {}):
        with pytest.raises(InputError):
            space.point_of_labels(wrong_labels)
    with pytest.raises(InputError):
        space.sample(np.random.default_rng(0), spread="size")


def test_limits_survive_their_document() -> None:
    document = {"params": 20_000, "macs": [1_000, 50_000], "depth": [3, None]}
    assert Limits.from_dict(document).to_dict() == document
    assert Limits.from_dict({"params": None}).to_dict() == {}


def test_a_narrow_window_is_drawn_from_as_finely_as_it_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coarse = partial(tabulate, work=0, cells=256)
    monkeypatch.setattr(draw, "tabulate", coarse)
    monkeypatch.setattr(engine, "tabulate", coarse)
    stage = {
        "repeat": [1, 2, 3],
        "filters": [8, 12, 20, 33],
        "kernel": [1, 3],
        "per_layer": ["filters", "kernel"],
        "pool": ["none", "max"],
    }
    for limits in ({"params": [9_000, 9_009], "macs": 900_000}, {"macs": [500_000, 503_000]}):
        space = SearchSpace.from_dict(
            {"stages": [stage] * 3}, input_shape=(3, 32, 32), classes=10, limits=limits
        )
        own, rng = space._engine, np.random.default_rng(0)
        assert not own.sampler.exact
        assert own.sampler.hits >= 0.1 > Sampler(own.levels, own.box, coarse(own.box)).hits
        assert own.params_sampler.tells_params
        for spread in ("networks", "log_params"):
            space.build(space.sample(rng, spread=spread))


@settings(max_examples=30, deadline=None)
@given(spaces(), spaces())
def test_the_point_of_a_network_is_the_lowest_that_builds_it(
    space: SearchSpace, other: SearchSpace
) -> None:
    """Against the enumeration of all points; a network of another space is found only if equal."""
    lowest: dict[str, tuple[int, ...]] = {}
    points = every(space)
    for point, architecture in sorted(points.items()):
        lowest.setdefault(architecture.fingerprint, point)
    for architecture in list(points.values())[:60]:
        assert space.point_of(architecture) == lowest[architecture.fingerprint]
    for architecture in list(every(other).values())[:60]:
        assert space.point_of(architecture) == lowest.get(architecture.fingerprint)
