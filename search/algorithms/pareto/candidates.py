"""Where the next network is looked for: all over the space, and around the front."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Protocol, TypeAlias, final, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from space import Point, SearchSpace

    from ..sizer import Sizer

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

_LISTED = 20_000
"""Spaces of at most so many points are looked at whole."""
_ANYWHERE, _AROUND = 3_000, 2_000
"""Points drawn from the whole space, and from around the front, for each decision."""
_SAMPLED = 60
"""Networks drawn uniformly, which in a narrow space fit where other points do not."""
_CLIMBERS, _CLIMBS = 6, 8
"""The best candidates are improved choice by choice, at most so often."""


@runtime_checkable
class Listing(Protocol):
    """A space that can name all networks that are left."""

    def networks(self) -> tuple[Ints, Floats]:
        """Return a point for each (n, d), and their sizes (n, 1 or 2)."""


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """Points (n, d) inside the limits with the logarithms of their sizes (n, 1 or 2)."""

    points: Ints
    log_sizes: Floats

    @property
    def log_size(self) -> Floats:
        """Of the first size (n,)."""
        return self.log_sizes[:, 0]

    def part(self, rows: npt.NDArray[np.bool_]) -> Candidates:
        """Return some of the candidates."""
        return Candidates(self.points[rows], self.log_sizes[rows])


@final
class Finder:
    """Finds the candidates of one space.

    Args:
        space: The space.
        sizers: Tell the sizes of its points.
    """

    def __init__(self, space: SearchSpace, sizers: Sequence[Sizer]) -> None:
        self._space, self._sizers = space, sizers
        whole: object = space
        self._listing = whole if isinstance(whole, Listing) else None
        self._choices = np.array([len(each.choices) for each in space.dimensions], dtype=np.int64)

    def weigh(self, points: Ints) -> Candidates:
        """Return the canonical points of those that lie inside the limits, each once."""
        settled = np.unique(self._space.settle(points), axis=0)
        costs = self._space.costs(settled)
        inside = costs.inside
        sizes = np.column_stack([each.many(settled, costs) for each in self._sizers])
        return Candidates(settled[inside], np.log(sizes[inside]))

    def find(
        self,
        front: Ints,
        gain: Callable[[Candidates], Floats],
        rng: np.random.Generator,
    ) -> tuple[Candidates, Floats]:
        """Return candidates and their gains; ``front`` are points to look around (n, d)."""
        every = self._every if self._listing is None else _listed(self._listing)
        if every is not None:
            return every, gain(every)
        found = [self._valued(self._drawn(front, rng), gain)]
        for _ in range(_CLIMBS):
            candidates, gains = found[-1]
            best = np.argsort(-gains, kind="stable")[:_CLIMBERS]
            near = self._valued(self._neighbours(candidates.points[best]), gain)
            if not len(near[1]) or near[1].max() <= gains.max(initial=-np.inf):
                break
            found.append(near)
        return _joined(found)

    @cached_property
    def _every(self) -> Candidates | None:
        """All networks of a small space."""
        if prod(map(int, self._choices)) > _LISTED:
            return None
        grid = np.indices(tuple(self._choices)).reshape(len(self._choices), -1).T
        return self.weigh(np.ascontiguousarray(grid, dtype=np.int64))

    def _valued(
        self, points: Ints, gain: Callable[[Candidates], Floats]
    ) -> tuple[Candidates, Floats]:
        candidates = self.weigh(points)
        return candidates, gain(candidates)

    def _drawn(self, front: Ints, rng: np.random.Generator) -> Ints:
        anywhere = rng.integers(0, self._choices, (_ANYWHERE, len(self._choices)))
        sampled = [self._space.sample(rng) for _ in range(_SAMPLED)]
        around = front[rng.integers(len(front), size=_AROUND)]
        # One choice is drawn again, and with even chances a second one, and so on.
        drawn = rng.random(around.shape).argsort(axis=1) < rng.geometric(0.5, (_AROUND, 1))
        around = np.where(drawn, rng.integers(0, self._choices, around.shape), around)
        return np.vstack([anywhere, np.array(sampled, dtype=np.int64), around])

    def _neighbours(self, points: Ints) -> Ints:
        """Return every point that is one choice away from one of these."""
        tried = []
        for place, choices in enumerate(self._choices):
            changed = np.repeat(points, choices, axis=0)
            changed[:, place] = np.tile(np.arange(choices), len(points))
            tried.append(changed)
        return np.vstack(tried)


def _listed(space: Listing) -> Candidates:
    points, sizes = space.networks()
    return Candidates(points, np.log(sizes))


def _joined(found: Sequence[tuple[Candidates, Floats]]) -> tuple[Candidates, Floats]:
    gains = np.concatenate([each for _, each in found])
    return joined([candidates for candidates, _ in found]), gains


def joined(found: Sequence[Candidates]) -> Candidates:
    """Return candidates one behind the other."""
    points = np.vstack([each.points for each in found])
    return Candidates(points, np.vstack([each.log_sizes for each in found]))


def as_point(row: Ints) -> Point:
    """Return a row of an array as a point."""
    return tuple(map(int, row))
