"""How many networks lead from each node to the end, for each cost: by dynamic programming.

Source: Dyer, "Approximate counting by dynamic programming", STOC 2003. Costs are counted exactly
as long as the tables stay small. Beyond that they are counted in grains, rounded down, in a box
that is wide enough for every network inside the limits: what is drawn then has to be checked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

from .bounds import reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .bounds import Arcs, Box, Reach
    from .graph import Ints

Floats: TypeAlias = npt.NDArray[np.float64]

_SPARSE = 4
"""How many times more places than keys are still quicker to add up at than to sort."""

EXACT_WORK = 3_000_000
"""How many sums a level may need before costs are counted in grains."""
CELLS = 4096
"""How many cells a table has at most where costs are counted in grains."""
_CHUNK = 2_000_000
_WIDEST_KEY = 2**62


@final
@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """The networks from the nodes before a level to the end, counted by their sums.

    A key is the number of the node times the span, plus the digits of the sums.
    """

    keys: Ints
    """(n,): in ascending order, each once."""
    counts: Floats
    """(n,): how many networks, above 0; whole numbers, exact below 2**53."""


@final
@dataclass(frozen=True, eq=False, slots=True)
class Tables:
    """The tables of every level over one box, which is the given one with its costs in grains."""

    box: Box
    grains: Ints
    """(d,): how many units of each cost one grain is; 1 where counting is exact."""
    radix: Ints
    """(d,): the weight of each digit in a key."""
    span: int
    levels: tuple[Table, ...]
    """Before each level, and behind the last."""

    @property
    def exact(self) -> bool:
        """Whether every network that the tables count is inside the limits."""
        return bool((self.grains == 1).all())


def tabulate(
    box: Box, *, work: int = EXACT_WORK, cells: int = CELLS, only: int | None = None
) -> Tables:
    """Count the networks of a pruned box, exactly where that needs at most ``work`` a level.

    Args:
        box: The box; its limits hold for what is drawn only where the tables are exact.
        work: How many sums a level may need.
        cells: How many cells a table has at most where costs are counted in grains.
        only: The column of the only sum that is counted; the others are left to the check.
    """
    columns = np.arange(len(box.least))
    counted = columns >= 0 if only is None else columns == only
    grains = np.where(counted, 1, box.most + 1)
    tables = _count(_in_grains(box, grains), grains, work)
    while tables is None:
        wide = (box.most + 1) // grains
        coarser = np.maximum(1, -(-wide // max(2, int(cells ** (1 / counted.sum())))))
        grains = grains * np.where(counted, coarser, 1)
        tables = _count(_in_grains(box, grains), grains, None)
    return tables


def tabulate_exactly(box: Box, *, work: int) -> Tables | None:
    """Count the networks of a pruned box, or return None where a level needs more than ``work``."""
    return _count(box, np.ones(len(box.least), dtype=np.int64), work)


def _in_grains(box: Box, grains: Ints) -> Box:
    """Return the box with costs rounded down, wide enough for every network of the given one."""
    arcs = tuple(replace(each, digits=each.digits // grains) for each in box.arcs)
    # What rounding down takes away from a network, at the most.
    lost = sum(np.max(each.digits % grains, axis=0, initial=0) for each in box.arcs)
    least = np.maximum(box.least - lost, 0) // grains
    return replace(box, least=least, most=box.most // grains, arcs=arcs)


def _count(box: Box, grains: Ints, work: int | None) -> Tables | None:
    """Return the tables, or None where a level needs more than ``work`` sums."""
    # Two digits inside the box add up without a carry.
    bases = [2 * int(most) + 1 for most in box.most]
    span = prod(bases)
    if span * max(box.nodes) > _WIDEST_KEY:
        return None
    radix = np.array([prod(bases[place + 1 :]) for place in range(len(bases))], dtype=np.int64)
    starts, _ = reach(box)
    found = [Table(np.zeros(1, dtype=np.int64), np.ones(1))]
    for arcs, before in zip(box.arcs[::-1], starts[-2::-1], strict=True):
        merged, times = _merge(arcs)
        first, last = _segments(found[-1], merged.target, span)
        if work is not None and int((last - first).sum()) > work:
            return None
        room = _Room(box, before, radix, span)
        parts = [
            _extend(found[-1], merged.select(some), times[some], (first[some], last[some]), room)
            for some in _chunks(merged.source, last - first)
        ]
        found.append(_join(parts))
    return Tables(box, grains, radix, span, tuple(found[::-1]))


@dataclass(frozen=True, eq=False, slots=True)
class _Room:
    """What the sums behind a node may be, given the sums before it."""

    box: Box
    before: Reach
    radix: Ints
    span: int

    def fits(self, node: Ints, key: Ints) -> npt.NDArray[np.bool_]:
        inside = np.ones(len(key), dtype=bool)
        for place, weight in enumerate(self.radix):
            digit, key = np.divmod(key, weight)
            inside &= digit + self.before.low[node, place] <= self.box.most[place]
            inside &= digit + self.before.high[node, place] >= self.box.least[place]
        return inside


def _merge(arcs: Arcs) -> tuple[Arcs, Floats]:
    """Return one arc for all that share source, target and digits, and how many they are."""
    columns = np.column_stack([arcs.source, arcs.target, arcs.digits])
    if not len(columns):
        return arcs, np.zeros(0)
    _, place, times = np.unique(columns, axis=0, return_index=True, return_counts=True)
    return arcs.select(place), times.astype(np.float64)


def _segments(table: Table, nodes: Ints, span: int) -> tuple[Ints, Ints]:
    """Return where the keys of each node begin and end."""
    first = np.searchsorted(table.keys, nodes * span)
    return first, np.searchsorted(table.keys, (nodes + 1) * span)


def _chunks(source: Ints, lengths: Ints) -> Iterator[slice]:
    """Cut the arcs, which are sorted by source, between sources into runs of bounded work."""
    ends = np.append(np.flatnonzero(np.diff(source)) + 1, len(source))
    done = np.concatenate([[0], np.cumsum(lengths)])
    begin = previous = 0
    for end in ends.tolist():
        if done[end] - done[begin] > _CHUNK and previous > begin:
            yield slice(begin, previous)
            begin = previous
        previous = end
    yield slice(begin, len(source))


def _extend(
    table: Table, arcs: Arcs, times: Floats, segments: tuple[Ints, Ints], room: _Room
) -> Table:
    """Put the arcs in front of every network that the table counts at their targets."""
    first, last = segments
    lengths = last - first
    arc = np.repeat(np.arange(len(lengths)), lengths)
    entry = np.arange(len(arc)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + first[arc]
    step = arcs.digits @ room.radix
    keys = table.keys[entry] % room.span + step[arc]
    fits = room.fits(arcs.source[arc], keys)
    arc, entry, keys = arc[fits], entry[fits], keys[fits]
    return _add_up(arcs.source[arc] * room.span + keys, times[arc] * table.counts[entry])


def _add_up(keys: Ints, counts: Floats) -> Table:
    """Return each key once, with the sum of its counts, all of which are above 0."""
    low, high = (int(keys.min()), int(keys.max())) if len(keys) else (0, -1)
    wide = high - low + 1
    if wide > _SPARSE * len(keys):
        found, place = np.unique(keys, return_inverse=True)
        return Table(found, np.bincount(place, counts, len(found)).astype(np.float64))
    # Where most keys between the ends are there, a place for each is quicker than sorting them.
    sums = np.bincount(keys - low, counts, wide).astype(np.float64)
    (there,) = sums.nonzero()
    return Table(there + low, sums[there])


def _join(parts: list[Table]) -> Table:
    return Table(
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.counts for part in parts]),
    )
