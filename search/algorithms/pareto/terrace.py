"""How much a candidate is expected to add to the hypervolume where two sizes count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

from results import is_front

from .gain import Staircase, expected_improvement

if TYPE_CHECKING:
    from typing import Self

    from .gain import Steps

Floats: TypeAlias = npt.NDArray[np.float64]


def find_steps(accuracy: Floats, log_sizes: Floats, floor: float, ends: Floats) -> Steps:
    """Return the front of networks (n,) as steps over one logarithm of size (n, 1), or two (n, 2).

    Args:
        accuracy: Of each network.
        log_sizes: Of each network.
        floor: The accuracy above which networks count.
        ends: Up to which sizes they count, of shape (1,) or (2,).
    """
    if log_sizes.shape[1] == 1:
        return Staircase.of(accuracy, log_sizes[:, 0], floor, float(ends[0]))
    return Terrace.of(accuracy, log_sizes, floor, ends)


@final
@dataclass(frozen=True, eq=False, slots=True)
class Terrace:
    """The best accuracy at or below each pair of log sizes, up to the ``ends`` (2,) of both.

    ``members`` (m, 2) are the log sizes of the front, ``reached`` (m,) its accuracies, and
    ``levels`` climb from the reference accuracy over those.
    """

    members: Floats
    reached: Floats
    levels: Floats
    ends: Floats

    @classmethod
    def of(cls, accuracy: Floats, log_sizes: Floats, floor: float, ends: Floats) -> Self:
        """Return the terraces of networks (n,) above a floor, with log sizes (n, 2)."""
        kept = (accuracy > floor) & (log_sizes < ends).all(axis=1) & is_front(accuracy, log_sizes)
        members, reached = log_sizes[kept], accuracy[kept]
        return cls(members, reached, np.append(floor, np.unique(reached)), ends)

    def level(self, log_sizes: Floats) -> Floats:
        """Return the best accuracy at or below each pair of sizes (n, 2)."""
        below = (self.members <= log_sizes[:, None]).all(axis=2)
        floor = self.levels[0]
        found: Floats = np.where(below, self.reached, floor).max(axis=1, initial=floor)
        return found

    def expected_gain(self, mean: Floats, spread: Floats, log_sizes: Floats) -> Floats:
        """Return the expected growth of the volume under the terraces, for candidates (n,).

        Between two levels the area that a candidate lifts does not change: it is what lies beyond
        both its sizes and is not covered yet. So the expected growth is that area times the
        expected improvement over the lower level less that over the upper one, summed over the
        levels: exact, as for one size.
        """
        improvement = expected_improvement(mean[:, None], spread[:, None], self.levels)
        improvement[:, :-1] -= improvement[:, 1:]
        covered = (
            _Covered.of(self.members[self.reached > each], self.ends) for each in self.levels
        )
        areas = np.column_stack([each.uncovered(log_sizes) for each in covered])
        gain: Floats = (areas * improvement).sum(axis=1)
        return gain


@final
@dataclass(frozen=True, eq=False, slots=True)
class _Covered:
    """The plane beyond some networks: from ``edges`` on, all that lies above ``heights``.

    Both have the shape (k,); edges climb and end with that of the plane, heights fall from that of
    the plane. ``area`` (k,) is what lies below the heights up to each edge.
    """

    edges: Floats
    heights: Floats
    area: Floats

    @classmethod
    def of(cls, log_sizes: Floats, ends: Floats) -> Self:
        order = np.lexsort((log_sizes[:, 1], log_sizes[:, 0]))
        edges = np.append(log_sizes[order, 0], ends[0])
        heights = np.minimum.accumulate(np.append(ends[1], log_sizes[order, 1]))
        area = np.append(0.0, np.cumsum(heights[1:] * np.diff(edges)))
        return cls(edges, heights, area)

    def uncovered(self, log_sizes: Floats) -> Floats:
        """Return the area beyond each pair of sizes (n, 2) that is not covered."""
        first, second = log_sizes.T
        # Where the heights have fallen to the second size, all beyond is covered.
        last = np.searchsorted(-self.heights[1:], -second, side="left")
        end = np.maximum(self.edges[last], first)
        found: Floats = self._below(end) - self._below(first) - second * (end - first)
        return found

    def _below(self, edge: Floats) -> Floats:
        """Return the area below the heights up to an edge; before the first it is negative."""
        before = np.minimum(edge - self.edges[0], 0.0) * self.heights[0]
        found: Floats = before + np.interp(edge, self.edges, self.area)
        return found
