"""Costs and features of whole arrays of points against one architecture at a time."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from space import InfeasibleError, InputError, SearchSpace
from space.bulk import _CHUNK
from tests.space.brute import COSTS, every, inside, limited, limits_around
from tests.strategies import spaces


def all_points(space: SearchSpace) -> np.ndarray:
    sizes = [range(len(dimension.choices)) for dimension in space.dimensions]
    points = list(product(*sizes))
    return np.array(points, dtype=np.int64).reshape(len(points), len(sizes))


@settings(max_examples=40, deadline=None)
@given(spaces(most_points=600), st.data())
def test_costs_of_all_points_are_those_of_their_architectures(
    space: SearchSpace, data: st.DataObject
) -> None:
    limits = data.draw(limits_around(list(every(space).values())))
    try:
        space = limited(space, limits)
    except InputError:
        limits = {}
    points = all_points(space)
    costs, features = space.costs(points), space.encode(points, "shape")
    names, settled = space.feature_names("shape"), space.settle(points)
    for row, point in enumerate(points):
        try:
            network = space.build_freely(tuple(point))
        except InfeasibleError:
            assert not costs.valid[row]
            assert not costs.inside[row]
            assert costs.params[row] == costs.depth[row] == 0
            assert np.isnan(features[row]).all()
            assert tuple(settled[row]) == tuple(point)
            continue
        assert tuple(settled[row]) == space.canonical(tuple(point))
        assert costs.valid[row]
        assert costs.inside[row] == inside(network, limits)
        for cost in COSTS:
            assert getattr(costs, cost)[row] == getattr(network, cost)
        told = dict(zip(names, features[row], strict=True))
        assert told["receptive field"] == network.receptive_field
        assert told["log2 macs"] == np.log2(max(network.macs, 1))
        last = [shape for shape in network.shapes if len(shape) == 3][-1]
        stage = len(space.stages) - 1
        assert (told[f"stages[{stage}].channels"], told[f"stages[{stage}].side"]) == last[:2]


@settings(max_examples=20, deadline=None)
@given(spaces())
def test_ordinal_and_one_hot_features_tell_the_point(space: SearchSpace) -> None:
    points = all_points(space)
    sizes = np.array([len(dimension.choices) for dimension in space.dimensions], dtype=int)
    ordinal, one_hot = space.encode(points), space.encode(points, "one_hot")
    assert np.array_equal(np.rint(ordinal * (sizes - 1)), points)
    assert ordinal.shape[1] == len(space.feature_names("ordinal"))
    assert one_hot.shape[1] == sizes.sum() == len(space.feature_names("one_hot"))
    assert np.array_equal(one_hot.sum(axis=1), np.full(len(points), len(sizes)))
    assert len(np.unique(one_hot, axis=0)) == len(points)


SPACE = SearchSpace.from_dict(
    {"stages": [{"filters": [2, 4, 8], "repeat": [0, 1, 2]}]}, input_shape=(1, 4, 4), classes=2
)


def test_an_array_of_more_than_one_chunk_is_costed_whole() -> None:
    points = np.tile(all_points(SPACE), (_CHUNK // 4, 1))
    costs = SPACE.costs(points)
    assert len(costs.params) == len(points) > 2 * _CHUNK
    assert np.array_equal(costs.params, np.tile(costs.params[:9], _CHUNK // 4))
    assert len(SPACE.costs(points[:0]).valid) == 0


@pytest.mark.parametrize(
    ("points", "field"),
    [([[0, 3]], "point[1]"), ([[-1, 0]], "point[0]"), ([0, 0], "points"), ([[0.0, 1.0]], "points")],
)
def test_arrays_of_other_points_are_refused(points: object, field: str) -> None:
    with pytest.raises(InputError) as caught:
        SPACE.costs(points)
    assert caught.value.field == field
    with pytest.raises(InputError, match="encoding must be known"):
        SPACE.encode([[0, 0]], "binary")
