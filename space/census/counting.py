"""Counting the networks of a space: exactly, or by the ways to build some that are drawn.

Where the networks are too many to be told apart beforehand, points are drawn with equal chances:
the number of networks is the number of points times the mean of 1 / (points of the same network).
Source: Hansen and Hurwitz, "On the theory of sampling from finite populations", 1943.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from .values import Count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..lattice.draw import Sampler
    from ..lattice.engine import Engine
    from ..lattice.graph import Level

DRAWS = 500
"""How many points an estimate is taken from."""


def count_points(levels: Sequence[Level]) -> tuple[int, int]:
    """Return how many points fit, and how many of them are canonical."""
    ways = canonical = [1] * (int(levels[-1].target.max()) + 1)
    for level in reversed(levels):
        takes = level.edge_of[level.edge_of >= 0]
        times = np.bincount(takes, minlength=len(level.code)).tolist()
        ways, canonical = _back(level, ways, times), _back(level, canonical, [1] * len(times))
    return ways[0], canonical[0]


def count_all(engine: Engine, canonical: int, rng: np.random.Generator) -> Count:
    """Return how many networks fit, limits apart."""
    if engine.networks is not None:
        return Count(engine.networks, exact=True, most=engine.networks)
    return _estimate(engine, engine.open_sampler, canonical, canonical, rng)


def count_kept(engine: Engine, networks: Count, rng: np.random.Generator) -> Count:
    """Return how many networks lie inside the limits."""
    if engine.unlimited:
        return networks
    sampler = engine.network_sampler or engine.sampler
    if engine.network_sampler is not None and sampler.exact:
        number = round(sampler.mass)
        return Count(number, exact=number < 2**53, most=number)
    return _estimate(engine, sampler, round(sampler.mass), networks.most, rng)


def _estimate(
    engine: Engine, sampler: Sampler, mass: int, most: int, rng: np.random.Generator
) -> Count:
    shares = np.array([_weight(engine, sampler, rng) for _ in range(DRAWS)])
    error = mass * float(shares.std()) / sqrt(DRAWS)
    value = round(mass * float(shares.mean()))
    return Count(value, exact=False, most=min(mass, most), error=error)


def _weight(engine: Engine, sampler: Sampler, rng: np.random.Generator) -> float:
    """Draw what the tables count: 0 outside the limits, else 1 / (points of the same network)."""
    codes = sampler.draw(rng, "points")
    if codes is None:
        return 0.0
    if sampler is engine.network_sampler:
        return 1.0
    return 1 / engine.reader.runs(engine.word(engine.point(codes)))


def _back(level: Level, ways: list[int], times: list[int]) -> list[int]:
    before = [0] * level.count
    edges = zip(level.source.tolist(), level.target.tolist(), times, strict=True)
    for source, target, each in edges:
        before[source] += each * ways[target]
    return before
