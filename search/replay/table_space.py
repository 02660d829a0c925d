"""A table as a space: what algorithms ask of a space, answered from rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

import numpy as np

from space.errors import InfeasibleError
from space.points import read_labels, suggest_labels, write_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from space.dimensions import Dimension, Point
    from space.lattice.draw import Spread
    from space.points import OptunaTrial

    from .measured import Floats, Ints, Table


@dataclass(frozen=True, slots=True)
class Row:
    """A network of a table, in the place of an architecture."""

    number: int
    size: float

    @property
    def fingerprint(self) -> str:
        """The identity of the network."""
        return str(self.number)


@final
class TableSpace:
    """The points of a table; any other point stands for the nearest network not yet taken.

    Nearest: with the fewest different choices, then with the least distance of their places.
    ``take`` says that a network is trained, so that later points lead to others. Where all
    combinations stand in the table, a point is itself, whether it was taken or not.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._free = np.ones(len(table), dtype=bool)
        self._place = {tuple(map(int, point)): row for row, point in enumerate(table.points)}
        counts = np.array([len(each.choices) for each in table.dimensions])
        self._scale = np.maximum(counts - 1, 1)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The columns of choices."""
        return self.table.dimensions

    @cached_property
    def _first(self) -> Ints:
        """The canonical point of each network: its first row."""
        return np.unique(self.table.network, return_index=True)[1].astype(np.int64)

    def take(self, network: int) -> None:
        """Note that a network is trained."""
        self._free[network] = False

    def sample(self, rng: np.random.Generator, *, spread: Spread = "networks") -> Point:
        """Return a network that is free, or any when none is; spread as in a search space."""
        rows = np.flatnonzero(self._free) if self._free.any() else np.arange(len(self._free))
        if spread == "log_params":
            bands = np.floor(2 * np.log2(self.table.size[rows]))
            rows = rows[bands == rng.choice(np.unique(bands))]
        return self._point(int(rng.choice(rows)))

    def build(self, point: Point) -> Row:
        """Return the network of a point of the table.

        Raises:
            InfeasibleError: The point does not stand in the table.
        """
        if tuple(point) not in self._place:
            raise InfeasibleError(tuple(point), "the point must stand in the table")
        number = int(self.table.network[self._place[tuple(point)]])
        return Row(number, float(self.table.size[number]))

    def canonical(self, point: Point) -> Point:
        """Return the first point of the network that a point stands for."""
        if tuple(point) in self._place:
            number = self.table.network[self._place[tuple(point)]]
            if self._free[number] or self._whole:
                return self._point(int(number))
        return self._nearest(np.array(point))

    def networks(self) -> tuple[Ints, Floats]:
        """Return a point for each network that is free (n, d), and their sizes (n, 1)."""
        return self.table.points[self._first[self._free]], self.table.size[self._free, None]

    def neighbours(self, point: Point) -> list[Point]:
        """Return the points of the table that are one choice away."""
        differ = (self.table.points != np.array(point)).sum(axis=1)
        near = self.table.network[differ == 1]
        return [self._point(int(number)) for number in np.unique(near)]

    def mutate(self, point: Point, rng: np.random.Generator) -> Point:
        """Return a point that is one choice away where there is one, else any."""
        near = self.neighbours(point)
        return near[int(rng.integers(len(near)))] if near else self.sample(rng)

    def crossover(self, one: Point, other: Point, rng: np.random.Generator) -> Point:
        """Return the network nearest to a point that takes each choice from one of its parents."""
        mine = rng.random(len(one)) < 0.5
        return self.canonical(tuple(np.where(mine, one, other).tolist()))

    def encode(self, points: npt.ArrayLike, kind: str = "ordinal") -> Floats:
        """Return the place of each choice in its dimension, from 0 to 1, as features (n, d)."""
        if kind != "ordinal":
            return np.zeros((len(np.asarray(points)), 0))
        scaled: Floats = np.asarray(points) / self._scale
        return scaled

    def labels(self, point: Point) -> dict[str, str | int | float]:
        """Return the label that the point chooses in each dimension."""
        return write_labels(self.dimensions, point)

    def point_of_labels(self, labels: Mapping[str, Any]) -> Point:
        """Return the point of a label for each dimension, canonical."""
        return self.canonical(read_labels(self.dimensions, labels))

    def to_optuna(self, trial: OptunaTrial) -> Point:
        """Return the point that an Optuna trial suggests, canonical."""
        return self.point_of_labels(suggest_labels(self.dimensions, trial))

    @cached_property
    def _whole(self) -> bool:
        return len(self._place) == int(np.prod(self._scale + 1.0))

    def _point(self, network: int) -> Point:
        return tuple(map(int, self.table.points[self._first[network]]))

    def _nearest(self, point: Ints) -> Point:
        away = self.table.points != point
        steps = (np.abs(self.table.points - point) / self._scale).sum(axis=1)
        distance = away.sum(axis=1) + steps / (len(point) + 1.0)
        taken = ~self._free[self.table.network]
        if not taken.all():
            distance = np.where(taken, np.inf, distance)
        return self._point(int(self.table.network[np.argmin(distance)]))
