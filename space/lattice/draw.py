"""Drawing networks of a space, every one inside the limits."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias, final

import numpy as np

from .tables import tabulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .bounds import Box, Edges
    from .graph import Ints
    from .tables import Floats, Tables

Spread: TypeAlias = Literal["networks", "points", "log_params"]
SPREADS = ("networks", "points", "log_params")
"""What may have equal chances: `Sampler` knows the last two."""

_BANDS_PER_DOUBLING = 2
_MOST_TRIES = 5000
_TRIALS = 100
_ENOUGH_HITS = 0.1
_FINE_CELLS = 32_768


@final
class Sampler:
    """Draws points from the tables of a box.

    ``points`` gives every point of the box the same probability. ``log_params`` first draws one
    of the bands of params that are not empty, each half a doubling wide, and then a point in it.
    """

    def __init__(self, levels: Sequence[Edges], box: Box, tables: Tables) -> None:
        self._levels, self._box, self._tables = levels, box, tables
        root = tables.levels[0]
        self._edges = {
            "points": np.cumsum(root.counts),
            "log_params": np.cumsum(root.counts / self._band_counts()),
        }

    @property
    def exact(self) -> bool:
        """Whether every draw is inside the limits, so that no draw has to be repeated."""
        return self._tables.exact

    @property
    def tells_params(self) -> bool:
        """Whether the tables tell small networks from large ones."""
        return bool(self.exact or self._tables.grains[0] <= self._box.most[0])

    @cached_property
    def hits(self) -> float:
        """The share of draws that lie inside the limits, over some of them."""
        if self.exact or not self.mass:
            return 1.0
        rng = np.random.default_rng(0)
        return sum(self.draw(rng, "points") is not None for _ in range(_TRIALS)) / _TRIALS

    @property
    def mass(self) -> float:
        """How many networks the tables count: those inside the limits, where they are exact."""
        return float(self._tables.levels[0].counts.sum())

    def first_costs(self, column: int) -> tuple[Ints, Floats]:
        """Return a sum of the box for each key at the start, and how many networks have it."""
        root, weight = self._tables.levels[0], self._tables.radix[column]
        over = self._tables.radix[column - 1] if column else self._tables.span
        return root.keys % over // weight, root.counts

    def codes(self, rng: np.random.Generator, spread: Spread) -> tuple[int, ...] | None:
        """Return the code of each step of one network, or None where none was found.

        Where the tables are exact, one draw is enough, and None means that there is none.
        """
        if not self.mass:
            return None
        for _ in range(1 if self.exact else _MOST_TRIES):
            codes = self.draw(rng, spread)
            if codes is not None:
                return codes
        return None

    def draw(self, rng: np.random.Generator, spread: Spread) -> tuple[int, ...] | None:
        """Return the codes of one of the networks that the tables count, or None outside."""
        places = self._walk(rng, self._edges[spread])
        sums = sum(arcs.digits[at] for arcs, at in zip(self._box.arcs, places, strict=True))
        if not np.all((sums >= self._box.least) & (sums <= self._box.most)):
            return None
        edges = [arcs.edge[at] for arcs, at in zip(self._box.arcs, places, strict=True)]
        return tuple(int(level.code[edge]) for level, edge in zip(self._levels, edges, strict=True))

    def _band_counts(self) -> Floats:
        """Return, for each key at the start, how many points share its band of params."""
        tables = self._tables
        root = tables.levels[0]
        params = (root.keys // tables.radix[0]) * tables.grains[0] + tables.grains[0] / 2
        band = np.floor(_BANDS_PER_DOUBLING * np.log2(params)).astype(np.int64)
        shares: Floats = np.bincount(band, root.counts).astype(np.float64)[band]
        return shares

    def _walk(self, rng: np.random.Generator, edges: Floats) -> list[int]:
        """Return the place of one arc in each level, on a way of the drawn sums."""
        tables = self._tables
        key = tables.levels[0].keys[_draw(rng, edges)]
        rest, node, places = _digits(key, tables.radix), 0, []
        for arcs, after in zip(tables.box.arcs, tables.levels[1:], strict=True):
            begin, end = np.searchsorted(arcs.source, [node, node + 1])
            left = rest - arcs.digits[begin:end]
            wanted = arcs.target[begin:end] * tables.span + left @ tables.radix
            found = np.minimum(np.searchsorted(after.keys, wanted), len(after.keys) - 1)
            hit = (after.keys[found] == wanted) & (left >= 0).all(axis=1)
            place = _draw(rng, np.cumsum(np.where(hit, after.counts[found], 0.0)))
            places.append(int(begin) + place)
            rest, node = left[place], int(arcs.target[begin + place])
        return places


def prepare(levels: Sequence[Edges], box: Box) -> Sampler:
    """Return a sampler of a pruned box that need not repeat many draws.

    Where counting all sums in grains makes most draws fall outside, the sum that decides most is
    counted as finely as may be, and the others are left to the check.
    """
    best = Sampler(levels, box, tabulate(box))
    for column in range(len(box.least)) if len(box.least) > 1 else ():
        if best.hits < _ENOUGH_HITS:
            fine = tabulate(box, work=0, cells=_FINE_CELLS, only=column)
            best = max(best, Sampler(levels, box, fine), key=lambda each: each.hits)
    return best


def _draw(rng: np.random.Generator, edges: Floats) -> int:
    """Return a place with the probability that the running sum grows there."""
    return int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))


def _digits(key: np.int64, radix: Ints) -> Ints:
    digits = []
    for weight in radix:
        digit, key = divmod(key, weight)
        digits.append(digit)
    return np.array(digits)
