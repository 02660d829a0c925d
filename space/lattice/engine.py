"""Everything that is worked out once for a space: its graph, its boxes, its tables."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np

from ..language import NO_LIMITS, Bound, Limits
from .bounds import BEYOND, Box, open_box, prune, reach
from .draw import Sampler, prepare
from .graph import Level, build_graph
from .networks import Speller, Tier, count_networks, spell_networks
from .pieces import Word, Workshop
from .restrict import restrict
from .tables import tabulate
from .words import NOTHING, Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dimensions import Point
    from ..layers import Layer, Shape
    from .draw import Spread
    from .restrict import Allowed
    from .steps import Step

MOST_EDGES = 60_000
"""How many edges the graph of networks may have for networks to be drawn from it."""
_MOST_COUNTED = 400_000
"""How many edges it may have for networks to be counted."""
_MOST_TRIES = 5000
_SMALL_WORK = 200_000


@final
class Engine:
    """Answers what a space holds; works out each part when it is first asked for."""

    def __init__(
        self, steps: Sequence[Step], shape: Shape, limits: Limits, dimensions: int
    ) -> None:
        self._steps, self._shape, self.limits = steps, shape, limits
        self._dimensions = dimensions
        self._workshop = Workshop()

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The graph of all valid points, limits apart."""
        return build_graph(self._steps, self._shape, self._workshop)

    @cached_property
    def reader(self) -> Reader:
        """What finds the points of a network."""
        return Reader(self.levels)

    @cached_property
    def tiers(self) -> tuple[Tier, ...] | None:
        """The graph of all valid networks, limits apart, or None where it is too large."""
        return self._spell(MOST_EDGES)

    @cached_property
    def networks(self) -> int | None:
        """How many networks are valid, limits apart, or None where that cannot be counted."""
        tiers = self.tiers or self._spell(_MOST_COUNTED)
        return None if tiers is None else count_networks(tiers)

    @cached_property
    def box(self) -> Box:
        """The limits around the points, pruned."""
        return prune(open_box(self.levels, self.limits))

    @cached_property
    def sampler(self) -> Sampler:
        """The sampler over the canonical points inside the limits."""
        return prepare(self.levels, self.box)

    @cached_property
    def params_sampler(self) -> Sampler:
        """The same, with tables that tell small networks from large ones."""
        if self.sampler.tells_params:
            return self.sampler
        return Sampler(self.levels, self.box, tabulate(self.box))

    @cached_property
    def open_sampler(self) -> Sampler:
        """The sampler over all canonical points, limits apart."""
        box = prune(open_box(self.levels, NO_LIMITS))
        return Sampler(self.levels, box, tabulate(box, work=0, cells=2))

    @cached_property
    def network_sampler(self) -> Sampler | None:
        """The sampler over the networks inside the limits, where their graph is small enough."""
        if self.tiers is None:
            return None
        return prepare(self.tiers, prune(open_box(self.tiers, self.limits)))

    @property
    def unlimited(self) -> bool:
        """Whether every network is inside the limits."""
        return self.limits == NO_LIMITS

    def sample(self, rng: np.random.Generator, spread: Spread) -> Point | None:
        """Return a canonical point inside the limits, or None where none was found."""
        if spread == "networks":
            return self._sample_network(rng)
        sampler = self.params_sampler if spread == "log_params" else self.sampler
        codes = sampler.codes(rng, spread)
        return None if codes is None else self.point(codes)

    def within(self, allowed: Allowed) -> Sampler:
        """Return the sampler over the canonical points that take allowed choices alone."""
        box = prune(restrict(self.levels, self.box, allowed))
        return Sampler(self.levels, box, tabulate(box, work=_SMALL_WORK))

    def edges(self, point: Point) -> list[int] | None:
        """Return the edge that a point takes at each level, or None where its layers do not fit."""
        node, edges = 0, []
        for level in self.levels:
            picks = tuple(point[slot.dimension] for slot in level.step.slots)
            edge = int(level.edge_of[node, level.encode(picks)])
            if edge < 0:
                return None
            edges.append(edge)
            node = int(level.target[edge])
        return edges

    def canonical(self, point: Point) -> Point | None:
        """Return the lowest point that builds the same layers step by step, limits apart.

        None stands for a point whose layers do not fit.
        """
        edges = self.edges(point)
        if edges is None:
            return None
        pairs = zip(self.levels, edges, strict=True)
        return self.point([int(level.code[edge]) for level, edge in pairs])

    def word(self, point: Point) -> Word:
        """Return the network of a point that fits: equal words are equal networks."""
        pairs = zip(self.levels, self.edges(point) or (), strict=True)
        return tuple(token for level, edge in pairs for token in level.words[edge])

    def find(self, layers: tuple[Layer, ...]) -> Point | None:
        """Return the lowest point that builds these canonical layers, limits apart, if any does."""
        reader = self.reader
        word = self._workshop.word(layers)
        return self.point(reader.lowest(word)) if word and reader.runs(word) else None

    def extreme(self, cost: str, *, largest: bool = False) -> Point:
        """Return a valid point with the smallest or largest params, macs or depth, limits apart."""
        box = open_box(self.levels, Limits(**{cost: Bound(0, BEYOND)}))
        _, ends = reach(box)
        node, codes = 0, []
        for level, arcs, after in zip(self.levels, box.arcs, ends[1:], strict=True):
            here = np.flatnonzero(arcs.source == node)
            far = (after.high if largest else after.low)[arcs.target[here], -1]
            sums = arcs.digits[here, -1] + far
            best = here[sums.argmax() if largest else sums.argmin()]
            codes.append(int(level.code[arcs.edge[best]]))
            node = int(arcs.target[best])
        return self.point(codes)

    def point(self, codes: Sequence[int]) -> Point:
        """Return the point of a code for each level."""
        point = [0] * self._dimensions
        for level, code in zip(self.levels, codes, strict=True):
            for slot, pick in zip(level.step.slots, level.picks(code), strict=True):
                point[slot.dimension] = pick
        return tuple(point)

    def _spell(self, most: int) -> tuple[Tier, ...] | None:
        speller = Speller(self.reader, self._workshop)
        return spell_networks(speller, self._shape, most)

    def _sample_network(self, rng: np.random.Generator) -> Point | None:
        """Draw from the graph of networks, or else a point, kept the less the more equals it has.

        Both give every network the same chance; the second needs as many draws for each network
        as points build it on average.
        """
        if self.network_sampler is not None:
            tokens = self.network_sampler.codes(rng, "points")
            return None if tokens is None else self._spelt(tokens)
        for _ in range(_MOST_TRIES):
            codes = self.sampler.codes(rng, "points")
            if codes is None:
                return None
            word = self.word(self.point(codes))
            if rng.random() * self.reader.runs(word) < 1:
                return self._spelt(word)
        return None

    def _spelt(self, tokens: Word) -> Point:
        word = tuple(token for token in tokens if token != NOTHING)
        return self.point(self.reader.lowest(word))
