"""How much a candidate is expected to add to the hypervolume, its size being exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

if TYPE_CHECKING:
    from typing import Self

Floats: TypeAlias = npt.NDArray[np.float64]

MARGIN = 0.05
"""How far beyond the largest network the front counts, as a share of the range of sizes."""


class Steps(Protocol):
    """A front as steps over the logarithms of one or two sizes."""

    def level(self, log_sizes: Floats) -> Floats:
        """Return the best accuracy (n,) at or below sizes (n, 1 or 2)."""

    def expected_gain(self, mean: Floats, spread: Floats, log_sizes: Floats) -> Floats:
        """Return the expected growth of the hypervolume (n,) by candidates."""


@final
@dataclass(frozen=True, eq=False, slots=True)
class Staircase:
    """The best accuracy at or below each logarithm of size: a front as steps that climb.

    ``levels[0]`` is the reference accuracy, which holds below the first network; ``edges`` are
    where each step begins, the first at minus infinity; ``end`` is where the last one ends.
    """

    edges: Floats
    levels: Floats
    end: float

    @classmethod
    def of(cls, accuracy: Floats, log_size: Floats, floor: float, end: float) -> Self:
        """Return the staircase of networks (n,) above a floor, up to the largest size."""
        order = np.lexsort((-accuracy, log_size))
        levels = np.maximum.accumulate(np.append(floor, accuracy[order]))
        edges = np.append(-np.inf, log_size[order])
        climbs = np.append(True, levels[1:] > levels[:-1])
        return cls(edges[climbs], levels[climbs], end)

    def level(self, log_sizes: Floats) -> Floats:
        """Return the best accuracy at or below each size (n, 1)."""
        steps = np.searchsorted(self.edges, log_sizes[:, 0], side="right") - 1
        found: Floats = self.levels[steps]
        return found

    def expected_gain(self, mean: Floats, spread: Floats, log_sizes: Floats) -> Floats:
        """Return the expected growth of the area under the steps, for candidates (n,).

        A network of size s and accuracy y adds the integral of max(0, y - level) from s to the
        end. For a normal y that is, step by step, the width of the step beyond s times the
        expected improvement over its level (Jones et al. 1998, "Efficient global optimization of
        expensive black-box functions", eq. 15): exact, with no draws and no second objective.
        """
        ends = np.append(self.edges[1:], self.end)
        widths = np.maximum(ends - np.maximum(self.edges, log_sizes), 0.0)
        improvement = expected_improvement(mean[:, None], spread[:, None], self.levels)
        gain: Floats = (widths * improvement).sum(axis=1)
        return gain


def expected_improvement(mean: Floats, spread: Floats, level: Floats | float) -> Floats:
    """Return the mean of what a normal variable exceeds a level by, or 0 (Jones, eq. 15)."""
    scaled = (mean - level) / spread
    density = np.exp(-0.5 * scaled**2) / np.sqrt(2 * np.pi)
    found: Floats = spread * (scaled * ndtr(scaled) + density)
    return found
