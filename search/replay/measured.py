"""A table of networks that were trained, and what they reached."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

from results import is_front
from results.growth import volumes
from results.marks import amount

if TYPE_CHECKING:
    from space.dimensions import Dimension

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class Table:
    """Networks with their choices, accuracy and size.

    Several points may build one network. The hypervolume of a table is that of accuracy against
    the logarithm of size; its reference point is the least accuracy and the largest size in it.
    """

    name: str
    dimensions: tuple[Dimension, ...]
    points: Ints
    """(points, dimensions): which choice each point takes."""
    network: Ints
    """(points,): which network each point builds."""
    accuracy: Floats
    """(networks,): fractions."""
    size: Floats
    """(networks,), above 0."""
    curves: Floats | None = None
    """(networks, epochs): accuracy after each epoch, where it was recorded."""

    def __len__(self) -> int:
        return len(self.accuracy)

    @property
    def epochs(self) -> int:
        """How many epochs a whole training takes; 1 where no curves were recorded."""
        return 1 if self.curves is None else self.curves.shape[1]

    @cached_property
    def reference(self) -> tuple[float, float]:
        """Accuracy and size of the reference point."""
        return float(np.nanmin(self.accuracy)), float(self.size.max())

    @cached_property
    def volume(self) -> float:
        """The hypervolume of the true front."""
        return float(volumes(self.accuracy, self.size, self.reference)[-1])

    @cached_property
    def front(self) -> npt.NDArray[np.bool_]:
        """(networks,): which of them no other beats on accuracy and size."""
        return is_front(self.accuracy, self.size)

    def report(self, network: int, epoch: int) -> float:
        """Return the accuracy of a network after an epoch, from 1."""
        if self.curves is None:
            return float(self.accuracy[network])
        return float(self.curves[network, epoch - 1])

    @property
    def text(self) -> str:
        """What the table holds, in one line."""
        least, most = self.size.min(), self.size.max()
        covered = len(self.points) / math.prod(len(each.choices) for each in self.dimensions)
        return (
            f"{self.name}: {len(self):,} networks of {len(self.dimensions)} choices "
            f"({covered:.2g} of all combinations), sizes {amount(least)} to {amount(most)}, "
            f"{int(self.front.sum())} on the front, {self.epochs} epochs"
        )
