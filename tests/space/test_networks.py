"""Distinct networks: counted, drawn with equal chances, found again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from space import SearchSpace
from space.lattice import engine
from space.lattice.networks import count_networks
from tests.space.brute import every, inside, limited, limits_around
from tests.strategies import spaces


@settings(max_examples=60, deadline=None)
@given(spaces(), st.data())
def test_networks_are_the_fingerprints_that_the_points_build(
    space: SearchSpace, data: st.DataObject
) -> None:
    points = every(space)
    limits = data.draw(limits_around(list(points.values())))
    own = space._engine
    built = Counter(architecture.fingerprint for architecture in points.values())
    assert count_networks(own.tiers or ()) == len(built)
    words = {own.word(point): net.fingerprint for point, net in points.items()}
    assert len(words) == len(built)
    for word, fingerprint in words.items():
        assert own.reader.runs(word) == built[fingerprint]
        lowest = own.point(own.reader.lowest(word))
        assert lowest == min(p for p, net in points.items() if net.fingerprint == fingerprint)
    kept = {net.fingerprint for net in points.values() if inside(net, limits)}
    if kept:
        sampler = limited(space, limits)._engine.network_sampler
        assert sampler is not None
        assert sampler.exact
        assert sampler.mass == len(kept)


# Both stages offer the same layers, so that many networks have several points.
TWINS: dict[str, Any] = {
    "stages": [
        {"filters": [2, 4], "kernel": [1, 3], "repeat": [0, 1, 2], "per_layer": ["filters"]},
        {"filters": [2, 4], "kernel": [1, 3], "repeat": [0, 1, 2], "pool": ["none", "max3"]},
    ],
    "head": {"pool": ["flatten", "global_avg"]},
}
LIMITS = {"params": 400, "macs": [400, 3000]}


def chance(draws: int) -> float:
    """Return the probability of counts as uneven as those of the draws."""
    space = SearchSpace.from_dict(TWINS, input_shape=(1, 4, 4), classes=3, limits=LIMITS)
    kept = [net for net in every(space).values() if inside(net, {"macs": (400, 3000)})]
    kept = [net for net in kept if net.params <= 400]
    names = sorted({net.fingerprint for net in kept})
    assert 40 < len(names) < len(kept)
    rng = np.random.default_rng(5)
    found = Counter(space.sample(rng) for _ in range(draws))
    drawn = Counter({space.build(point).fingerprint: count for point, count in found.items()})
    assert len(found) == len(drawn) == len(names)
    return float(chisquare([drawn[name] for name in names]).pvalue)


@pytest.mark.parametrize("most_edges", [0, engine.MOST_EDGES])
def test_every_network_has_the_same_chance(
    most_edges: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MOST_EDGES", most_edges)
    assert chance(8_000) > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("most_edges", [0, engine.MOST_EDGES])
def test_every_network_has_the_same_chance_over_many_draws(
    most_edges: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MOST_EDGES", most_edges)
    assert chance(100_000) > 0.01
