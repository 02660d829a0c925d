"""How long a network takes beside another one, on this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from space import Architecture

_ROUNDS, _SECONDS = 4, 0.5
"""Rounds of a measurement; no further one begins after so many seconds."""
_TURN = 0.02
"""Seconds that each of the two networks is timed in a round, fifteen runs at least."""


def time_beside(architecture: Architecture, reference: Architecture) -> tuple[float, float]:
    """Return the latency of a network as a multiple of a reference's, and that of the reference.

    Both are networks at initialisation that take one image in one thread of the CPU. They are timed
    in turns, so that what else the machine is doing slows down both. Each turn gives the median of
    its runs, the multiple is the median over the turns; the reference's is in milliseconds.
    """
    # torch takes seconds to import, and formulas need none.
    from trainers import build_network  # noqa: PLC0415
    from trainers.measurement import measure_latency  # noqa: PLC0415

    pair = [build_network(each, seed=0) for each in (reference, architecture)]
    channels, height, width = architecture.input_shape
    shape, began = (channels, height, width), time.monotonic()
    turns: list[list[float]] = []
    while not turns or (len(turns) < _ROUNDS and time.monotonic() - began < _SECONDS):
        timed = [measure_latency(each, shape, batch_sizes=(1,), seconds=_TURN) for each in pair]
        turns.append([found[0].latency_ms for found in timed])
    before, own = np.array(turns).T
    return float(np.median(own / before)), float(np.median(before))
