"""An architecture in one line, as a person would tell it."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from space import layers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from space import Architecture


def outline(architecture: Architecture) -> str:
    """Return a line such as ``conv 8@3x3 → max 2 → conv 16@3x3/2 → global avg → dense 10``.

    A convolution is told as filters@kernel/stride. What merely stands between the layers that give
    a network its size (activations, normalisation, dropout, flattening) is left out.
    """
    return _chain(architecture.layers)


def _chain(chain: Iterable[layers.Layer]) -> str:
    return " → ".join(told for layer in chain if (told := _word(layer)))


@singledispatch
def _word(layer: layers.Layer) -> str:
    return type(layer).__name__


@_word.register
def _(layer: layers.Conv2d) -> str:
    groups = f" groups {layer.groups}" if layer.groups > 1 else ""
    dilation = f" dilation {layer.dilation}" if layer.dilation > 1 else ""
    return f"conv {_window(layer)}{dilation}{groups}"


@_word.register
def _(layer: layers.DepthwiseSeparable) -> str:
    return f"separable {_window(layer)}"


@_word.register
def _(layer: layers.InvertedResidual) -> str:
    excited = f" squeeze {layer.squeeze}" if layer.squeeze else ""
    return f"inverted {_window(layer)} expand {layer.expansion}{excited}"


@_word.register
def _(layer: layers.SqueezeExcite) -> str:
    return f"squeeze-excite {layer.squeeze_channels}"


def _window(layer: layers.Conv2d | layers.DepthwiseSeparable | layers.InvertedResidual) -> str:
    stride = f"/{layer.stride}" if layer.stride > 1 else ""
    return f"{layer.out_channels}@{layer.kernel_size}x{layer.kernel_size}{stride}"


@_word.register
def _(layer: layers.MaxPool2d) -> str:
    return _pool("max", layer)


@_word.register
def _(layer: layers.AvgPool2d) -> str:
    return _pool("avg", layer)


def _pool(word: str, layer: layers.MaxPool2d | layers.AvgPool2d) -> str:
    return f"{word} {layer.kernel_size}" + (
        f"/{layer.step}" if layer.step != layer.kernel_size else ""
    )


@_word.register
def _(_layer: layers.GlobalAvgPool2d) -> str:
    return "global avg"


@_word.register
def _(layer: layers.Linear) -> str:
    return f"dense {layer.out_features}"


@_word.register
def _(layer: layers.Residual) -> str:
    ways = [_chain(layer.body), *([_chain(layer.shortcut)] if layer.shortcut else [])]
    return f"residual({' | '.join(ways)})"


@_word.register(layers.Activation)
@_word.register(layers.BatchNorm2d)
@_word.register(layers.Dropout)
@_word.register(layers.Flatten)
def _(_layer: layers.Layer) -> str:
    return ""
