"""What a layer of a stage can be: each op is a function from a block to layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layers import Conv2d, DepthwiseSeparable, InvertedResidual, Layer, LayerError, Residual
from .parts import ACTIVATIONS, NORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..layers import Shape
    from .parts import Block


def _conv(block: Block, shape: Shape) -> tuple[Layer, ...]:
    _check_window(block, shape)
    return (_window(block, block.stride, _padding(block)), *_after(block))


def _grouped(block: Block, shape: Shape) -> tuple[Layer, ...]:
    """A convolution whose channels see only those of their own group."""
    _check_window(block, shape)
    for name, channels in (("channels before", shape[0]), ("filters", block.filters)):
        if channels % block.groups:
            values = {"groups": block.groups, name: channels}
            raise LayerError("groups", f"`{name} % groups == 0` must hold", values)
    window = (block.kernel, block.stride, _padding(block), block.dilation, block.groups)
    return (Conv2d(block.filters, *window, bias=_bias(block)), *_after(block))


def _depthwise(block: Block, shape: Shape) -> tuple[Layer, ...]:
    _check_window(block, shape)
    window = (block.kernel, block.stride, _padding(block), block.dilation)
    between = _after(block)
    both = DepthwiseSeparable(block.filters, *window, bias=_bias(block), between=between)
    return (both, *between)


def _residual(block: Block, shape: Shape) -> tuple[Layer, ...]:
    """Two convolutions beside a shortcut: the basic block of He et al., 2015, figure 5 left."""
    zeros, norm = _zeros(block), NORMS[block.norm]
    first, second = (_window(block, stride, zeros) for stride in (block.stride, 1))
    return _beside(block, shape, (first, *_after(block), second, *norm))


def _bottleneck(block: Block, shape: Shape) -> tuple[Layer, ...]:
    """Narrow, filter, widen beside a shortcut: He et al., 2015, figure 5 right."""
    narrow, bias = max(1, block.filters // block.reduce), _bias(block)
    window = (block.kernel, block.stride, _zeros(block), block.dilation)
    body = (
        Conv2d(narrow, 1, bias=bias),
        *_after(block),
        Conv2d(narrow, *window, bias=bias),
        *_after(block),
        Conv2d(block.filters, 1, bias=bias),
        *NORMS[block.norm],
    )
    return _beside(block, shape, body)


def _inverted(block: Block, shape: Shape) -> tuple[Layer, ...]:  # noqa: ARG001 (an op takes both)
    """Widen, filter each channel, narrow, with no activation behind: Sandler et al., 2018."""
    window = (block.kernel, block.stride, block.dilation)
    sizes = (block.expand, block.squeeze, _bias(block))
    return (
        InvertedResidual(block.filters, *window, *sizes, _after(block), behind=NORMS[block.norm]),
    )


OPS: Mapping[str, Callable[[Block, Shape], tuple[Layer, ...]]] = {
    "bottleneck": _bottleneck,
    "conv": _conv,
    "depthwise": _depthwise,
    "grouped": _grouped,
    "inverted": _inverted,
    "residual": _residual,
}
"""The ops by their words. Each raises `LayerError` where the block does not fit the shape."""

SAME_ONLY = frozenset({"bottleneck", "inverted", "residual"})
"""The ops whose padding is `same` whatever the stage says: a sum needs equal sides."""


def _beside(block: Block, shape: Shape, body: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Put a shortcut beside the body: a 1×1 projection where the shapes differ."""
    keeps = block.stride == 1 and block.filters == shape[0]
    project = Conv2d(block.filters, 1, block.stride, bias=_bias(block))
    shortcut = () if keeps else (project, *NORMS[block.norm])
    return (Residual(body, shortcut), ACTIVATIONS[block.activation])


def _check_window(block: Block, shape: Shape) -> None:
    extent = block.dilation * (block.kernel - 1) + 1
    if block.padding == "same" or extent <= min(shape[1:]):
        return
    values = {"kernel": block.kernel, "map": f"{shape[1]}×{shape[2]}"}
    hint = "Offer a smaller kernel, or `padding: same`."
    if block.kernel <= min(shape[1:]):
        rule = "a kernel with its holes must fit into the map"
        raise LayerError("dilation", rule, {"dilation": block.dilation, **values}, hint)
    raise LayerError("kernel", "a kernel must fit into the map", values, hint)


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
