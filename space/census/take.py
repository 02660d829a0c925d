"""Taking the census of a space."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from ..bulk import cost_parts, cost_points
from ..language import Bound
from ..lattice.bounds import BEYOND, open_box, prune
from ..lattice.draw import Sampler
from ..lattice.tables import tabulate_exactly
from .counting import count_all, count_kept, count_points
from .values import Census, Histogram, Share

if TYPE_CHECKING:
    from ..dimensions import Point
    from ..lattice.engine import Engine
    from ..lattice.graph import Ints
    from ..lattice.tables import Floats
    from ..search_space import SearchSpace

SAMPLED = 500
"""How many networks are drawn for what is not counted."""
_WORK = 500_000
"""Sums that a level of an exact histogram may need."""
_COLUMNS = {"params": 0, "macs": 1}


def take_census(space: SearchSpace, engine: Engine, *, seed: int = 0) -> Census:
    """Return what a space holds; equal for equal spaces and seeds."""
    rng = np.random.default_rng(seed)
    valid, canonical = count_points(engine.levels)
    networks = count_all(engine, canonical, rng)
    kept = count_kept(engine, networks, rng)
    drawn = [engine.sample(rng, "networks") for _ in range(SAMPLED)]
    points = [point for point in drawn if point is not None]
    sample = np.array(points, dtype=np.int64).reshape(len(points), len(space.dimensions))
    return Census(
        points=prod(len(dimension.choices) for dimension in space.dimensions),
        valid_points=valid,
        networks=networks,
        kept=kept,
        limits=space.limits,
        smallest=space.build_freely(engine.extreme("params")),
        largest=space.build_freely(engine.extreme("params", largest=True)),
        params=_histogram(engine, sample, "params", kept.value),
        macs=_histogram(engine, sample, "macs", kept.value),
        shares=_shares(engine, sample),
        sampled=len(points),
        where_share=_where_share(space, points),
    )


def _where_share(space: SearchSpace, points: list[Point]) -> float | None:
    if space.where is None:
        return None
    return sum(map(space.admits, points)) / max(len(points), 1)


def _histogram(engine: Engine, sample: Ints, cost: str, kept: int) -> Histogram:
    counted = _counted(engine, cost)
    if counted is not None:
        return _binned(*counted, exact=True)
    costs = getattr(cost_points(engine.levels, engine.limits, sample), cost)
    return _binned(costs, np.full(len(costs), kept / max(len(costs), 1)), exact=False)


def _counted(engine: Engine, cost: str) -> tuple[Ints, Floats] | None:
    """Return each cost inside the limits, and how many networks have it, where that is quick."""
    if engine.tiers is None:
        return None
    limits = engine.limits
    if limits.macs == (0, None):
        limits = replace(limits, macs=Bound(0, BEYOND)) if cost == "macs" else limits
    box = prune(open_box(engine.tiers, limits))
    tables = tabulate_exactly(box, work=_WORK)
    return tables and Sampler(engine.tiers, box, tables).first_costs(_COLUMNS[cost])


def _binned(costs: Ints, counts: Floats, *, exact: bool) -> Histogram:
    edges = _edges(int(costs.min(initial=BEYOND)), int(costs.max(initial=0)))
    bins = np.searchsorted(edges, costs, side="right") - 1
    sums = np.bincount(bins, counts, minlength=len(edges) - 1)
    return Histogram(tuple(edges), tuple(sums.tolist()), exact)


def _edges(least: int, most: int) -> list[int]:
    """Return 1, 2, 5, 10, 20, 50 and so on, from at most the least to above the most."""
    steps = [0, *(digit * 10**power for power in range(19) for digit in (1, 2, 5))]
    first = bisect_right(steps, min(least, most)) - 1
    return steps[first : bisect_right(steps, most) + 1]


def _shares(engine: Engine, sample: Ints) -> tuple[Share, ...]:
    sums = cost_parts(engine.levels, sample)
    whole = np.maximum(sum(sums.values()), 1)
    means = {where: (part / whole).mean(axis=0) for where, part in sums.items()}
    return tuple(Share(where, float(mean[0]), float(mean[1])) for where, mean in means.items())
