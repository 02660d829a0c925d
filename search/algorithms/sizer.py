"""How large networks are: what accuracy is traded against."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from space import Architecture
    from space.bulk import Costs

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


class Sizer(ABC):
    """Tells a size above 0, of many candidates by what they cost and of one network exactly."""

    text: str = ""
    """How it knows them, in words, where that is not by a formula."""

    @abstractmethod
    def many(self, points: Ints, costs: Costs) -> Floats:
        """Return the sizes (n,) of canonical points (n, d); they mean nothing where none fits."""

    @abstractmethod
    def one(self, architecture: Architecture) -> float:
        """Return the size of a network, the same each time."""


@final
class Formula(Sizer):
    """A cost that is known by formula, such as ``params``."""

    def __init__(self, name: str) -> None:
        self._name = name

    def many(self, points: Ints, costs: Costs) -> Floats:  # noqa: ARG002  the costs hold it
        """Return the cost."""
        sizes: Floats = getattr(costs, self._name).astype(np.float64)
        return sizes

    def one(self, architecture: Architecture) -> float:
        """Return the cost of a network."""
        return float(getattr(architecture, self._name))
