"""Whether a space holds a network at all, and what to say where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from ..language import COSTS, NO_BOUND
from ..table import describe
from .graph import misfits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..architecture import Architecture
    from ..dimensions import Point
    from ..language import Limits
    from ..layers import LayerError, Shape
    from .engine import Engine
    from .graph import Level

_SUMS = {"params": "params", "weight_bytes": "params", "macs": "macs", "depth": "depth"}


def check_feasible(
    engine: Engine, limits: Limits, shape: Shape, build: Callable[[Point], Architecture]
) -> None:
    """Raise `InputError` where no choice fits the shape, or the limits keep no network.

    The second kind names the smallest network that exists, and the largest where a limit asks
    for more than it has.
    """
    if not all(len(level.code) for level in engine.levels):
        raise _misfit(engine.levels, shape)
    if engine.sample(np.random.default_rng(0), "points") is not None:
        return
    rule = "the limits must keep a network"
    if not engine.sampler.exact:
        rule += " that some thousand draws close to them can find"
    raise InputError("limits", rule, limits.to_dict(), _known(engine, limits, build))


def _misfit(levels: Sequence[Level], shape: Shape) -> InputError:
    """Return why no choice can stand at the first step that no network passes.

    Of the maps that reach the step, the largest is told, and of its choices that with the smallest
    values.
    """
    place = max(number for number, level in enumerate(levels) if level.nodes)
    level = levels[place]
    largest = max(level.nodes, key=lambda node: node.shape[1:])
    nodes = [node for node in level.nodes if node.shape[1:] == largest.shape[1:]]
    errors = [error for node in nodes for error in misfits(level.step, node)]
    error = min(errors, key=_values)
    told = f"No choice fits the images of {'×'.join(map(str, shape))}."
    return InputError(
        f"{level.step.where}.{error.field}",
        f"{error.rule} for some choice",
        error.value,
        f"{told} {error.suggestion}".rstrip(),
    )


def _values(error: LayerError) -> list[int]:
    values = error.value.values() if isinstance(error.value, dict) else ()
    return [value for value in values if isinstance(value, int)]


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
