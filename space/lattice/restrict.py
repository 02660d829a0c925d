"""The part of a space in which only some choices of each dimension are allowed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .bounds import Arcs, Box
    from .graph import Ints, Level

Allowed: TypeAlias = "Sequence[Sequence[int]]"
"""For each dimension, the indices of the choices that may be taken."""


def restrict(levels: Sequence[Level], box: Box, allowed: Allowed) -> Box:
    """Return the box with the arcs alone that some allowed choices take."""
    pairs = zip(levels, box.arcs, strict=True)
    return replace(box, arcs=tuple(_keep(level, arcs, allowed) for level, arcs in pairs))


def _keep(level: Level, arcs: Arcs, allowed: Allowed) -> Arcs:
    edges = level.edge_of[:, _codes(level, allowed)]
    taken = np.zeros(len(level.code) + 1, dtype=bool)
    # The last place serves the codes that cannot stand, -1.
    taken[edges] = True
    return arcs.select(np.flatnonzero(taken[arcs.edge]))


def _codes(level: Level, allowed: Allowed) -> Ints:
    codes = np.zeros(1, dtype=np.int64)
    for slot in level.step.slots:
        picks = np.asarray(allowed[slot.dimension], dtype=np.int64)
        codes = (codes[:, None] * len(slot.choices) + picks).ravel()
    return codes
