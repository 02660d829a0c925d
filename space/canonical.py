"""One form for every description of the same network, and its fingerprint."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import singledispatch
from hashlib import blake2b
from typing import TYPE_CHECKING

from .layers import (
    AvgPool2d,
    Composite,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    ReLU,
    ReLU6,
    Residual,
    Shape,
    layer_to_dict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_IDEMPOTENT = (ReLU, ReLU6)


def canonical(layers: Iterable[Layer], shape: Shape) -> tuple[Layer, ...]:
    """Return the chain that stands for every description of the same network at ``shape``.

    What makes no difference to the network goes: composites are written out, layers that change
    nothing are dropped, and choices without effect (the dilation of a 1×1 kernel, the stride of a
    window that fits once) take one fixed value.
    """
    kept: list[Layer] = []
    for layer in layers:
        for simple in _simplify(layer, shape):
            if not (kept and kept[-1] == simple and isinstance(simple, _IDEMPOTENT)):
                kept.append(simple)
        shape = layer.output_shape(shape)
    return tuple(kept)


def fingerprint(input_shape: Shape, classes: int, layers: Iterable[Layer]) -> str:
    """Return 20 hexadecimal digits, equal where the same network is built."""
    plain = [layer_to_dict(layer) for layer in canonical(layers, input_shape)]
    text = json.dumps([input_shape, classes, plain], sort_keys=True)
    return blake2b(text.encode(), digest_size=10).hexdigest()


@singledispatch
def _simplify(layer: Layer, shape: Shape) -> tuple[Layer, ...]:  # noqa: ARG001 (dispatched)
    return (layer,)


@_simplify.register
def _(layer: Composite, shape: Shape) -> tuple[Layer, ...]:
    return canonical(layer.expand(shape), shape)


@_simplify.register
def _(layer: Residual, shape: Shape) -> tuple[Layer, ...]:
    body = canonical(layer.body, shape)
    return (Residual(body, canonical(layer.shortcut, shape)),) if body else (layer,)


@_simplify.register
def _(layer: Conv2d, shape: Shape) -> tuple[Layer, ...]:
    if layer.kernel_size == 1:
        layer = replace(layer, dilation=1)
    zeros = layer.extent - 1
    if layer.padding == "same":
        # An odd number of zeros falls on one side only, which no number can say.
        return (layer if zeros % 2 else replace(layer, padding=zeros // 2),)
    fixed = _stride(layer.output_shape(shape), shape, layer.extent, layer.padding, layer.stride)
    return (replace(layer, stride=fixed),)


@_simplify.register(MaxPool2d)
@_simplify.register(AvgPool2d)
def _(layer: MaxPool2d | AvgPool2d, shape: Shape) -> tuple[Layer, ...]:
    window, padding = layer.kernel_size, layer.padding
    fixed = _stride(layer.output_shape(shape), shape, window, padding, layer.step)
    if window == 1:
        # Nothing is compared or averaged: what is left is to keep every n-th position.
        return () if fixed == 1 else (MaxPool2d(1, fixed),)
    return (replace(layer, stride=fixed),)


@_simplify.register
def _(layer: GlobalAvgPool2d, shape: Shape) -> tuple[Layer, ...]:
    _, height, width = shape
    if height != width:
        return (layer,)
    return (*_simplify(AvgPool2d(height), shape), Flatten())


@_simplify.register
def _(layer: Flatten, shape: Shape) -> tuple[Layer, ...]:
    return () if len(shape) == 1 else (layer,)


@_simplify.register
def _(layer: Dropout, shape: Shape) -> tuple[Layer, ...]:  # noqa: ARG001 (dispatched)
    return (replace(layer, p=float(layer.p)),) if layer.p else ()


def _stride(output: Shape, shape: Shape, extent: int, padding: int, stride: int) -> int:
    """Return the smallest stride with the same effect: a window that fits once never moves."""
    if output[1:] != (1, 1):
        return stride
    return max(shape[1:]) + 2 * padding - extent + 1
