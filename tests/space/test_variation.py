"""Mutation, neighbours and crossover, against the plain enumeration of all points."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space import Architecture, InfeasibleError, InputError, Point, SearchSpace
from tests.space.brute import every, inside, limited, limits_around
from tests.strategies import spaces


@st.composite
def limited_spaces(draw: st.DrawFn) -> tuple[SearchSpace, dict[Point, Architecture]]:
    """A space inside limits, and the canonical points inside them."""
    space = draw(spaces(most_points=600))
    points = every(space)
    limits = draw(limits_around(list(points.values())))
    kept = {point: net for point, net in points.items() if inside(net, limits)}
    return (limited(space, limits), kept) if kept else (space, points)


@settings(max_examples=60, deadline=None)
@given(limited_spaces(), st.integers(0, 99))
def test_variation_stays_inside_and_reaches_what_it_should(
    pair: tuple[SearchSpace, dict[Point, Architecture]], seed: int
) -> None:
    space, kept = pair
    rng = np.random.default_rng(seed)
    names = {net.fingerprint for net in kept.values()}
    for _ in range(3):
        one, other = (list(kept)[rng.integers(len(kept))] for _ in range(2))
        mutant = space.mutate(one, rng)
        assert mutant in kept
        assert (kept[mutant].fingerprint == kept[one].fingerprint) == (len(names) == 1)
        child = space.crossover(one, other, rng)
        mixed = product(*({a, b} for a, b in zip(one, other, strict=True)))
        assert child in kept
        assert child in {space._settled(each) for each in mixed}
        near = {kept[point].fingerprint for point in space.neighbours(one)}
        assert len(near) == len(space.neighbours(one))
        assert near == one_choice_away(space, kept, one)


def one_choice_away(space: SearchSpace, kept: dict[Point, Architecture], point: Point) -> set[str]:
    near = set()
    for place, dimension in enumerate(space.dimensions):
        for choice in range(len(dimension.choices)):
            changed = (*point[:place], choice, *point[place + 1 :])
            settled = space._settled(changed)
            if settled in kept:
                near.add(kept[settled].fingerprint)
    return near - {kept[point].fingerprint}


def odd_depth(architecture: Architecture) -> bool:
    return architecture.depth % 2 == 1


def never(architecture: Architecture) -> bool:
    return architecture.depth < 0


STAGES = {"stages": [{"filters": [2, 3, 4], "repeat": [0, 1, 2, 3], "kernel": [1, 3]}] * 2}


def ruled(rule: object, document: object = STAGES) -> SearchSpace:
    return SearchSpace.from_dict(document, input_shape=(1, 4, 4), classes=2, where=rule)


def test_a_rule_in_python_holds_for_everything_that_is_drawn() -> None:
    space, rng = ruled(odd_depth), np.random.default_rng(0)
    points = [space.sample(rng) for _ in range(40)]
    points += [space.mutate(point, rng) for point in points]
    points += [space.crossover(*pair, rng) for pair in pairwise(points)]
    points += space.neighbours(points[0])
    assert all(space.build(point).depth % 2 for point in points)
    assert 0.2 < (space.census().where_share or 0) < 0.8
    even = ruled(None).point_of_labels(space.labels(points[0]) | {"stages[0].repeat": 0})
    with pytest.raises(InfeasibleError, match="`where` rule"):
        ruled(never).build(even)


def test_a_rule_that_keeps_nothing_or_stands_in_a_document_is_refused() -> None:
    with pytest.raises(InputError, match="must be kept") as caught:
        ruled(never).sample(np.random.default_rng(0))
    assert caught.value.field == "where"
    with pytest.raises(InputError, match="cannot be written"):
        ruled(never).to_dict()
    with pytest.raises(InputError, match="cannot hold a rule in Python"):
        ruled(None, STAGES | {"where": "depth < 3"})
    with pytest.raises(InputError, match="a function of an architecture"):
        ruled("depth < 3")
