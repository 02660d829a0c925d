"""Whether a space holds a network at all, and what to say where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from ..language import COSTS, NO_BOUND
from ..table import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..architecture import Architecture
    from ..dimensions import Point
    from ..language import Limits
    from ..layers import Shape
    from .engine import Engine

_SUMS = {"params": "params", "weight_bytes": "params", "macs": "macs", "depth": "depth"}


def check_feasible(
    engine: Engine, limits: Limits, shape: Shape, build: Callable[[Point], Architecture]
) -> None:
    """Raise `InputError` where no choice fits the shape, or the limits keep no network.

    The second kind names the smallest network that exists, and the largest where a limit asks
    for more than it has.
    """
    if not all(len(level.code) for level in engine.levels):
        rule = "some choices must fit the images"
        hint = "The map vanishes: offer smaller strides, pools or kernels, or fewer repeats."
        raise InputError("stages", rule, shape, hint)
    if engine.sample(np.random.default_rng(0), "points") is not None:
        return
    rule = "the limits must keep a network"
    if not engine.sampler.exact:
        rule += " that some thousand draws close to them can find"
    raise InputError("limits", rule, limits.to_dict(), _known(engine, limits, build))


def _known(engine: Engine, limits: Limits, build: Callable[[Point], Architecture]) -> str:
    """Tell which networks exist on the side of the limits that keeps none."""
    limited = [cost for cost in COSTS if getattr(limits, cost) != NO_BOUND]
    cost = next((_SUMS[cost] for cost in limited if cost in _SUMS), "params")
    told = f"The smallest network that exists has {_told(build(engine.extreme(cost)))}."
    if any(getattr(limits, each).least for each in limited):
        told += f" The largest has {_told(build(engine.extreme(cost, largest=True)))}."
    return told


def _told(architecture: Architecture) -> str:
    costs = [f"{getattr(architecture, cost):,} {cost}" for cost in COSTS if cost != "depth"]
    layers = " - ".join(describe(layer) for layer in architecture.layers)
    return f"{', '.join(costs)} and depth {architecture.depth} ({layers})"
