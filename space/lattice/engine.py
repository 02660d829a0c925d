"""Everything that is worked out once for a space: its graph, its box, its tables."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np

from ..language import Bound, Limits
from .bounds import BEYOND, Box, open_box, prune, reach
from .draw import Sampler
from .graph import Level, build_graph
from .tables import tabulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dimensions import Point
    from ..layers import Shape
    from .draw import Spread
    from .steps import Step


@final
class Engine:
    """Answers what a space holds; works out each part when it is first asked for."""

    def __init__(
        self, steps: Sequence[Step], shape: Shape, limits: Limits, dimensions: int
    ) -> None:
        self._steps, self._shape, self._limits = steps, shape, limits
        self._dimensions = dimensions

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The graph of all valid networks, limits apart."""
        return build_graph(self._steps, self._shape)

    @cached_property
    def box(self) -> Box:
        """The limits around the graph, pruned."""
        return prune(open_box(self.levels, self._limits))

    @cached_property
    def sampler(self) -> Sampler:
        """The sampler over the networks inside the limits."""
        return Sampler(self.levels, self.box, tabulate(self.box))

    def sample(self, rng: np.random.Generator, spread: Spread) -> Point | None:
        """Return a canonical point inside the limits, or None where none was found."""
        codes = self.sampler.codes(rng, spread)
        return None if codes is None else self._point(codes)

    def canonical(self, point: Point) -> Point | None:
        """Return the lowest point that builds the same layers step by step, limits apart.

        None stands for a point whose layers do not fit.
        """
        node, codes = 0, []
        for level in self.levels:
            picks = tuple(point[slot.dimension] for slot in level.step.slots)
            edge = level.edge_of[node, level.encode(picks)]
            if edge < 0:
                return None
            codes.append(int(level.code[edge]))
            node = int(level.target[edge])
        return self._point(codes)

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
        return self._point(codes)

    def _point(self, codes: Sequence[int]) -> Point:
        point = [0] * self._dimensions
        for level, code in zip(self.levels, codes, strict=True):
            for slot, pick in zip(level.step.slots, level.picks(code), strict=True):
                point[slot.dimension] = pick
        return tuple(point)
