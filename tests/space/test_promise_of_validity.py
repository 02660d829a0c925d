"""The promise of a space: whatever is drawn from it is a network inside its limits."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from space import InputError, SearchSpace
from space.language import COSTS
from tests.strategies import space_documents

KEPT = {"input_shape": (3, 8, 8), "classes": 3}


def limits_of(space: SearchSpace, names: list[str], rng: np.random.Generator) -> dict[str, Any]:
    """Bounds from a low to a high cost of some drawn networks, so that each cuts something."""
    networks = [space.build(space.sample(rng)) for _ in range(12)]
    limits = {}
    for name in names:
        costs = sorted(getattr(network, name) for network in networks)
        limits[name] = [costs[1], costs[-2]]
    return limits


def keep_the_promise(document: dict[str, Any], names: list[str], seed: int, draws: int) -> None:
    rng = np.random.default_rng(seed)
    try:
        space = SearchSpace.from_dict(document, **KEPT)
        limits = limits_of(space, names, rng)
        limited = SearchSpace.from_dict(document, **KEPT, limits=limits)
    except InputError:
        # No choice fits the images, or the limits exclude each other.
        reject()
    points = [limited.sample(rng) for _ in range(draws)]
    points += [limited.mutate(points[0], rng), limited.crossover(points[0], points[-1], rng)]
    points += limited.neighbours(points[0])[:3]
    assert limited.costs(np.array(points, dtype=int).reshape(len(points), -1)).inside.all()
    for point in points:
        network = limited.build(point)
        assert all(
            least <= getattr(network, cost) <= most for cost, (least, most) in limits.items()
        )
        assert limited.canonical(point) == point
    for dump, load in ((json.dumps, json.loads), (yaml.safe_dump, yaml.safe_load)):
        again = SearchSpace.from_dict(load(dump(limited.to_dict())), **KEPT, limits=limits)
        assert again == limited
        told = load(dump(limited.labels(points[0])))
        assert again.point_of_labels(told) == points[0]


COST_NAMES = st.lists(st.sampled_from(COSTS), max_size=2, unique=True)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(space_documents(), COST_NAMES, st.integers(0, 9999))
def test_whatever_is_drawn_is_inside(document: dict[str, Any], names: list[str], seed: int) -> None:
    keep_the_promise(document, names, seed, draws=5)


@pytest.mark.slow
@settings(
    max_examples=2000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(space_documents(), COST_NAMES, st.integers(0, 9999))
def test_whatever_is_drawn_from_2000_spaces_is_inside(
    document: dict[str, Any], names: list[str], seed: int
) -> None:
    keep_the_promise(document, names, seed, draws=10)


def test_limits_that_keep_next_to_nothing_are_met_by_every_draw() -> None:
    stage = {
        "repeat": [1, 2, 3, 4],
        "op": ["conv", "depthwise", "residual"],
        "filters": [8, 16, 24, 32, 48, 64],
        "kernel": [3, 5],
        "stride": [1, 2],
        "pool": ["none", "max"],
    }
    limits = {"params": 5_000, "macs": 250_000}
    space = SearchSpace.from_dict(
        {"stages": [stage] * 5}, input_shape=(3, 32, 32), classes=10, limits=limits
    )
    rng = np.random.default_rng(0)
    points = np.stack(
        [rng.integers(len(each.choices), size=200_000) for each in space.dimensions], axis=1
    )
    blind = space.costs(points)
    assert blind.inside.sum() < 1e-4 * blind.valid.sum()
    drawn = np.array([space.sample(rng) for _ in range(300)])
    assert space.costs(drawn).inside.all()
    assert len(np.unique(drawn, axis=0)) > 290
