"""From a part of a network to its layers."""

from __future__ import annotations

from functools import singledispatch

from ..layers import (
    AvgPool2d,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    LayerError,
    Linear,
    MaxPool2d,
    Shape,
)
from .ops import OPS
from .parts import ACTIVATIONS, Block, Part, Tail, Top, pool_window


@singledispatch
def part_layers(part: Part, shape: Shape) -> tuple[Layer, ...]:
    """Return the layers that a part puts behind ``shape``, each of which can be applied.

    Raises:
        LayerError: The part cannot stand there; the field is that of the stage, such as `kernel`.
    """
    raise NotImplementedError(type(part), shape)


@part_layers.register
def _(part: Block, shape: Shape) -> tuple[Layer, ...]:
    if part.growing and part.filters < shape[0]:
        values = {"filters": part.filters, "channels before": shape[0]}
        raise LayerError("filters", "filters must not shrink in a growing space", values)
    return OPS[part.op](part, shape)


@part_layers.register
def _(part: Tail, shape: Shape) -> tuple[Layer, ...]:
    return (*_pool(part.pool, shape), *_dropout(part.dropout))


@part_layers.register
def _(part: Top, shape: Shape) -> tuple[Layer, ...]:  # noqa: ARG001 (dispatched)
    hidden = tuple(
        layer for width in part.hidden for layer in (Linear(width), ACTIVATIONS[part.activation])
    )
    onto_vector = GlobalAvgPool2d() if part.pool == "global_avg" else Flatten()
    return (onto_vector, *hidden, *_dropout(part.dropout), Linear(part.classes))


def _pool(word: str, shape: Shape) -> tuple[Layer, ...]:
    window = pool_window(word)
    if window is None:
        return ()
    if window.size > min(shape[1:]) + 2 * window.padding:
        values = {"pool": word, "window": window.size, "map": f"{shape[1]}×{shape[2]}"}
        hint = "Offer `none`, a smaller window, or smaller strides and pools before it."
        raise LayerError("pool", "a window must fit into the map", values, hint)
    kind = MaxPool2d if window.kind == "max" else AvgPool2d
    return (kind(window.size, window.stride, window.padding),)


def _dropout(p: float) -> tuple[Layer, ...]:
    return (Dropout(p),) if p else ()
