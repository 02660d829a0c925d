"""What one choice of every field of a stage or a head builds: a part of a network.

A new op is one function from a `Block` and the shape before it to layers, entered in `OPS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, TypeAlias

from .layers import (
    GELU,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    DepthwiseSeparable,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Hardswish,
    Layer,
    LayerError,
    Linear,
    MaxPool2d,
    ReLU,
    ReLU6,
    Residual,
    Shape,
    SiLU,
    Tanh,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ACTIVATIONS: Mapping[str, Layer] = {
    "gelu": GELU(),
    "hardswish": Hardswish(),
    "relu": ReLU(),
    "relu6": ReLU6(),
    "silu": SiLU(),
    "tanh": Tanh(),
}
_POOL = re.compile(r"(?P<kind>max|avg)(?P<size>[1-9]\d*)?(?:/(?P<stride>[1-9]\d*))?")
NORMS: Mapping[str, tuple[Layer, ...]] = {"batch": (BatchNorm2d(),), "none": ()}


@dataclass(frozen=True, slots=True)
class Block:
    """One layer of a stage, with its normalisation and activation."""

    op: str
    filters: int
    kernel: int
    stride: int
    padding: str
    dilation: int
    norm: str
    activation: str
    growing: bool
    """Whether the block must not give fewer channels than it takes."""


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands once behind the layers of a stage."""

    pool: str
    dropout: float


@dataclass(frozen=True, slots=True)
class Top:
    """From the last map to the classes."""

    pool: str
    hidden: tuple[int, ...]
    activation: str
    dropout: float
    classes: int


Part: TypeAlias = Block | Tail | Top


@singledispatch
def part_layers(part: Part, shape: Shape) -> tuple[Layer, ...]:
    """Return the layers that a part puts behind ``shape``.

    Raises:
        LayerError: The part cannot stand there.
    """
    raise NotImplementedError(type(part), shape)


@part_layers.register
def _(part: Block, shape: Shape) -> tuple[Layer, ...]:
    if part.growing and part.filters < shape[0]:
        values = {"filters": part.filters, "channels before": shape[0]}
        raise LayerError("filters", "filters must not shrink in a growing space", values)
    return OPS[part.op](part, shape)


@part_layers.register
def _(part: Tail, shape: Shape) -> tuple[Layer, ...]:  # noqa: ARG001 (dispatched)
    return (*_pool(part.pool), *_dropout(part.dropout))


@part_layers.register
def _(part: Top, shape: Shape) -> tuple[Layer, ...]:  # noqa: ARG001 (dispatched)
    hidden = tuple(
        layer for width in part.hidden for layer in (Linear(width), ACTIVATIONS[part.activation])
    )
    onto_vector = GlobalAvgPool2d() if part.pool == "global_avg" else Flatten()
    return (onto_vector, *hidden, *_dropout(part.dropout), Linear(part.classes))


def _conv(block: Block, shape: Shape) -> tuple[Layer, ...]:  # noqa: ARG001 (an op takes both)
    return (_window(block, block.stride, _padding(block)), *_after(block))


def _depthwise(block: Block, shape: Shape) -> tuple[Layer, ...]:  # noqa: ARG001 (an op takes both)
    both = DepthwiseSeparable(
        block.filters,
        block.kernel,
        block.stride,
        _padding(block),
        block.dilation,
        _bias(block),
        between=_after(block),
    )
    return (both, *_after(block))


def _residual(block: Block, shape: Shape) -> tuple[Layer, ...]:
    """Two convolutions beside a shortcut: the basic block of He et al., 2015, figure 5 left."""
    zeros, norm = _zeros(block), NORMS[block.norm]
    first, second = (_window(block, stride, zeros) for stride in (block.stride, 1))
    body = (first, *_after(block), second, *norm)
    keeps = block.stride == 1 and block.filters == shape[0]
    project = Conv2d(block.filters, 1, block.stride, bias=_bias(block))
    return (Residual(body, () if keeps else (project, *norm)), ACTIVATIONS[block.activation])


OPS: Mapping[str, Callable[[Block, Shape], tuple[Layer, ...]]] = {
    "conv": _conv,
    "depthwise": _depthwise,
    "residual": _residual,
}
"""What a layer of a stage can be."""

SAME_ONLY = frozenset({"residual"})
"""The ops whose padding is `same` whatever the stage says: a sum needs equal sides."""


def pool_window(word: str) -> tuple[str, int, int] | None:
    """Return kind, size and stride of a pooling: ``avg`` is avg, 2, 2 and ``max3/1`` is max, 3, 1.

    The stride is the size where it is not given; a word that names no window gives None.
    """
    found = _POOL.fullmatch(word)
    if found is None:
        return None
    size = int(found["size"] or 2)
    return found["kind"], size, int(found["stride"] or size)


def _window(block: Block, stride: int, padding: int) -> Conv2d:
    window = (block.kernel, stride, padding, block.dilation)
    return Conv2d(block.filters, *window, bias=_bias(block))


def _bias(block: Block) -> bool:
    # Normalisation takes the mean away, and a bias with it.
    return block.norm == "none"


def _zeros(block: Block) -> int:
    return block.dilation * (block.kernel - 1) // 2


def _padding(block: Block) -> int:
    return _zeros(block) if block.padding == "same" else 0


def _after(block: Block) -> tuple[Layer, ...]:
    return (*NORMS[block.norm], ACTIVATIONS[block.activation])


def _pool(word: str) -> tuple[Layer, ...]:
    window = pool_window(word)
    if window is None:
        return ()
    kind, size, stride = window
    return (MaxPool2d(size, stride) if kind == "max" else AvgPool2d(size, stride),)


def _dropout(p: float) -> tuple[Layer, ...]:
    return (Dropout(p),) if p else ()
