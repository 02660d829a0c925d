"""Points near other points, inside the limits because they are drawn from what lies inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .dimensions import Point
    from .lattice.engine import Engine
    from .lattice.restrict import Allowed
    from .search_space import SearchSpace

_TRIES = 8
"""Draws before mutation gives another dimension free, and crossover a parent back."""


def mutate(space: SearchSpace, engine: Engine, point: Point, rng: np.random.Generator) -> Point:
    """Draw random dimensions again, one after the other, until another network comes out."""
    word = engine.word(point)
    allowed: list[tuple[int, ...]] = [(index,) for index in point]
    for place in rng.permutation(len(point)):
        allowed[place] = tuple(range(len(space.dimensions[place].choices)))
        for child in _draws(engine, allowed, rng):
            if engine.word(child) != word and space.admits(child):
                return child
    return point


def crossover(
    space: SearchSpace, engine: Engine, parents: tuple[Point, Point], rng: np.random.Generator
) -> Point:
    """Draw from the part of the space that has the choices of the parents alone."""
    allowed = [tuple({a, b}) for a, b in zip(*parents, strict=True)]
    children = (child for child in _draws(engine, allowed, rng) if space.admits(child))
    return next(children, parents[int(rng.integers(2))])


def neighbours(space: SearchSpace, engine: Engine, point: Point) -> list[Point]:
    """Try each other choice of each dimension, and keep a point of each network inside."""
    tried = [
        (*point[:place], choice, *point[place + 1 :])
        for place, dimension in enumerate(space.dimensions)
        for choice in range(len(dimension.choices))
        if choice != point[place]
    ]
    if not tried:
        return []
    inside = space.costs(np.array(tried)).inside
    found = {engine.word(point): point}
    for each in (each for each, kept in zip(tried, inside, strict=True) if kept):
        settled = engine.canonical(each)
        if settled is not None and space.admits(settled):
            found.setdefault(engine.word(settled), settled)
    return list(found.values())[1:]


def _draws(engine: Engine, allowed: Allowed, rng: np.random.Generator) -> Iterator[Point]:
    sampler = engine.within(allowed)
    for _ in range(_TRIES):
        codes = sampler.codes(rng, "points")
        if codes is not None:
            yield engine.point(codes)
