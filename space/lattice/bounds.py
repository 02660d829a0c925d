"""Limits as a box around sums of whole numbers, and the arcs that can still end inside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, final

import numpy as np
import numpy.typing as npt

from .graph import Ints
from .pieces import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..language import Limits

_PARAMS, _MACS, _DEPTH, _PEAK = range(len(COLUMNS))
_FLOAT_BYTES = 4
BEYOND = 2**60
"""More than any cost; the sum of three still fits into 64 bits."""


Some: TypeAlias = slice | Ints | npt.NDArray[np.bool_]


class Sum(NamedTuple):
    """A cost that adds up along a network, and the least and the most that it may reach."""

    column: int
    least: int
    most: int


@final
@dataclass(frozen=True, eq=False, slots=True)
class Arcs:
    """The edges of one level that are left, with the digits that add up along a network."""

    edge: Ints
    """(arcs,): the number of the edge in its level."""
    source: Ints
    target: Ints
    digits: Ints
    """(arcs, d): what the edge adds to each sum of the box; the first is params."""

    def select(self, keep: Some) -> Arcs:
        """Return the arcs of a mask, of an array of places or of a slice."""
        return Arcs(*(array[keep] for array in (self.edge, self.source, self.target, self.digits)))


@final
@dataclass(frozen=True, eq=False, slots=True)
class Box:
    """The least and the most of each sum, both included, around the arcs of every level."""

    least: Ints
    most: Ints
    arcs: tuple[Arcs, ...]
    nodes: tuple[int, ...]
    """How many nodes stand before each level, and then behind the last: one."""


class Edges(Protocol):
    """One step of every network, as `Level` and `Tier` hold it; sources in ascending order."""

    @property
    def count(self) -> int:
        """How many nodes stand before the step."""

    @property
    def source(self) -> Ints:
        """(edges,): the node before each edge."""

    @property
    def target(self) -> Ints:
        """(edges,): the node behind it."""

    @property
    def code(self) -> Ints:
        """(edges,): what it stands for."""

    @property
    def costs(self) -> Ints:
        """(edges, columns): what it adds, as `pieces.COLUMNS` names it."""


class Reach(NamedTuple):
    """The smallest and the largest sums on the ways to each node: (nodes, d) each."""

    low: Ints
    high: Ints


def open_box(levels: Sequence[Edges], limits: Limits) -> Box:
    """Return the box of the limits, with every arc whose own activations are inside them."""
    sums = [_params(limits)]
    for column, bound in ((_MACS, limits.macs), (_DEPTH, limits.depth)):
        if bound != (0, None):
            sums.append(Sum(column, bound.least, BEYOND if bound.most is None else bound.most))
    peak = limits.activation_bytes
    highest = BEYOND if peak.most is None else peak.most // _FLOAT_BYTES
    lowest = -(-peak.least // _FLOAT_BYTES)
    arcs = tuple(_arcs(level, sums, lowest, highest) for level in levels)
    # A maximum reaches a number where at least one step does, and that is again a sum.
    reached = [Sum(_PEAK, 1, BEYOND)] if lowest else []
    least, most = ([getattr(each, end) for each in [*sums, *reached]] for end in ("least", "most"))
    nodes = (*(level.count for level in levels), 1)
    return Box(np.array(least), np.array(most), arcs, nodes)


def prune(box: Box) -> Box:
    """Drop the arcs that lie on no network inside the box, as far as each sum alone can tell.

    The box that is returned has no more room than the networks that are left can use.
    """
    while True:
        starts, ends = reach(box)
        kept = []
        for arcs, before, after in zip(box.arcs, starts, ends[1:], strict=False):
            low = before.low[arcs.source] + arcs.digits + after.low[arcs.target]
            high = before.high[arcs.source] + arcs.digits + after.high[arcs.target]
            inside = (low <= np.minimum(box.most, BEYOND - 1)) & (high >= np.maximum(box.least, 0))
            kept.append(arcs.select(np.flatnonzero(inside.all(axis=1))))
        before_count, count = (sum(len(arcs.edge) for arcs in every) for every in (box.arcs, kept))
        box = replace(box, arcs=tuple(kept))
        if not count:
            return replace(box, least=np.zeros_like(box.least), most=np.zeros_like(box.most))
        if count == before_count:
            least = np.maximum(box.least, ends[0].low[0])
            return replace(box, least=least, most=np.minimum(box.most, ends[0].high[0]))


def reach(box: Box) -> tuple[list[Reach], list[Reach]]:
    """Return, for each level and behind the last, the sums from the start and those to the end.

    A node on no way has a smallest sum beyond any cost.
    """
    nothing = np.zeros((1, len(box.least)), dtype=np.int64)
    far = np.full((box.nodes[0] - 1, len(box.least)), BEYOND)
    starts = [Reach(np.concatenate([nothing, far]), np.concatenate([nothing, -far]))]
    for arcs, nodes in zip(box.arcs, box.nodes[1:], strict=True):
        starts.append(_push(starts[-1], arcs.source, arcs.target, arcs.digits, nodes))
    ends = [Reach(nothing, nothing)]
    for arcs, nodes in zip(box.arcs[::-1], box.nodes[-2::-1], strict=True):
        ends.append(_push(ends[-1], arcs.target, arcs.source, arcs.digits, nodes))
    return starts, ends[::-1]


def _push(known: Reach, here: Ints, there: Ints, digits: Ints, nodes: int) -> Reach:
    shape = (nodes, digits.shape[1])
    low, high = np.full(shape, BEYOND), np.full(shape, -BEYOND)
    np.minimum.at(low, there, np.minimum(known.low[here] + digits, BEYOND))
    np.maximum.at(high, there, np.maximum(known.high[here] + digits, -BEYOND))
    return Reach(low, high)


def _arcs(level: Edges, sums: Sequence[Sum], lowest: int, highest: int) -> Arcs:
    edge = np.flatnonzero(level.costs[:, _PEAK] <= highest)
    digits = level.costs[edge][:, [each.column for each in sums]]
    if lowest:
        digits = np.column_stack([digits, level.costs[edge, _PEAK] >= lowest])
    return Arcs(edge, level.source[edge], level.target[edge], digits)


def _params(limits: Limits) -> Sum:
    """Return the bound on params that params and weight_bytes give together."""
    (least, most), (few, many) = limits.params, limits.weight_bytes
    ends = [
        end for end in (most, None if many is None else many // _FLOAT_BYTES) if end is not None
    ]
    return Sum(_PARAMS, max(least, -(-few // _FLOAT_BYTES)), min(ends, default=BEYOND))
