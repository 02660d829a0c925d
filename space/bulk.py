"""Costs of many points at once, by walking all of them through the graph of the space together."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

from .architecture import FLOAT_BYTES
from .language import COSTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .language import Limits
    from .lattice.graph import Ints, Level

Bools: TypeAlias = npt.NDArray[np.bool_]

_CHUNK = 1 << 15
"""Rows that are walked together, few enough for the processor's cache."""


@final
@dataclass(frozen=True, eq=False, slots=True)
class Costs:
    """What many points cost, each array (n,); costs are 0 where the layers do not fit."""

    valid: Bools
    """Whether the layers fit, limits apart."""
    inside: Bools
    """Whether the layers fit and the costs lie inside the limits."""
    params: Ints
    macs: Ints
    activation_bytes: Ints
    weight_bytes: Ints
    depth: Ints


def cost_points(levels: Sequence[Level], limits: Limits, points: Ints) -> Costs:
    """Return the costs of points (n, d), each the same as its architecture tells."""
    starts = range(0, max(len(points), 1), _CHUNK)
    parts = [_cost(levels, limits, points[start : start + _CHUNK]) for start in starts]
    names = [field.name for field in fields(Costs)]
    return Costs(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def cost_parts(levels: Sequence[Level], points: Ints) -> dict[str, Ints]:
    """Return params and macs (n, 2) of each stage and of the head, by where it stands."""
    sums: dict[str, Ints] = {}
    for level, edge in walk(levels, points):
        added = level.costs.take(edge, axis=0, mode="wrap")[:, :2]
        sums[level.step.where] = sums.get(level.step.where, np.zeros_like(added)) + added
    return sums


def walk(levels: Sequence[Level], points: Ints) -> Iterator[tuple[Level, Ints]]:
    """Yield each level with the edge that each point takes there, -1 where it cannot stand.

    Behind a -1, a point walks on along edges that mean nothing.
    """
    columns = np.ascontiguousarray(points.T)
    node = np.zeros(len(points), dtype=np.int64)
    for level in levels:
        code = np.zeros(len(points), dtype=np.int64)
        for slot in level.step.slots:
            code = code * len(slot.choices) + columns[slot.dimension]
        edge = level.edge_of.ravel().take(node * level.edge_of.shape[1] + code)
        yield level, edge
        node = level.target.take(edge, mode="wrap")


def settle_points(levels: Sequence[Level], points: Ints) -> Ints:
    """Return the canonical point of each row (n, d); rows whose layers do not fit stay."""
    settled, fits = np.zeros_like(points), np.ones(len(points), dtype=bool)
    for level, edge in walk(levels, points):
        fits &= edge >= 0
        picks = np.unravel_index(level.code.take(edge, mode="wrap"), level.sizes or (1,))
        for slot, pick in zip(level.step.slots, picks, strict=False):
            settled[:, slot.dimension] = pick
    settled[~fits] = points[~fits]
    return settled


def _cost(levels: Sequence[Level], limits: Limits, points: Ints) -> Costs:
    valid = np.ones(len(points), dtype=bool)
    params, macs, depth, peak = (np.zeros(len(points), dtype=np.int64) for _ in range(4))
    for level, edge in walk(levels, points):
        valid &= edge >= 0
        costs = level.costs.take(edge, axis=0, mode="wrap")
        params += costs[:, 0]
        macs += costs[:, 1]
        depth += costs[:, 2]
        np.maximum(peak, costs[:, 3], out=peak)
    for each in (params, macs, depth, peak):
        each[~valid] = 0
    found = Costs(valid, valid, params, macs, FLOAT_BYTES * peak, FLOAT_BYTES * params, depth)
    return Costs(valid, _inside(found, limits), *(getattr(found, each) for each in _ARRAYS))


_ARRAYS = tuple(field.name for field in fields(Costs))[2:]


def _inside(costs: Costs, limits: Limits) -> Bools:
    inside = costs.valid.copy()
    for name in COSTS:
        (least, most), cost = getattr(limits, name), getattr(costs, name)
        inside &= cost >= least
        if most is not None:
            inside &= cost <= most
    return inside
