"""What another study found, as an algorithm sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from typing import Self

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False, slots=True)
class Earlier:
    """Networks of an earlier study as points (n, d) of this space.

    ``size`` (n,) is their size in this space, ``accuracy`` (n,) what they reached there: on other
    data or by another recipe, so that only how they compare with one another says anything.
    """

    points: Ints
    size: Floats
    accuracy: Floats

    def part(self, rows: Ints) -> Self:
        """Return some of the networks."""
        return type(self)(self.points[rows], self.size[rows], self.accuracy[rows])
