"""From an architecture to a torch module: one function for each kind of layer."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from space import Shape
from space import layers as described
from space.errors import InputError

from .initialisation import initialise
from .order import execution_order
from .randomness import own_randomness
from .stack import Network, Shortcut, SqueezeExcite, Stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from space import Architecture


def build_network(architecture: Architecture, *, seed: int) -> Network:
    """Build the module of ``architecture`` on the CPU, its initial weights drawn from ``seed``.

    They are torch's own, uniform within 1/sqrt(inputs of a unit) of 0, where layers are normalised;
    elsewhere those of LeCun et al., Efficient BackProp, 1998, 4.6: `initialise` says which and why.

    Raises:
        InputError: A layer has no builder.
    """
    with own_randomness(torch.device("cpu"), seed):
        network = Network(build_stack(architecture.layers, architecture.input_shape))
        initialise(network)
    return network


def build_stack(layers: Sequence[described.Layer], shape: Shape) -> Stack:
    """Build layers that follow one another, the first of which sees ``shape``."""
    modules = []
    for layer in layers:
        modules.append(build_module(layer, shape))
        shape = layer.output_shape(shape)
    return Stack(modules, execution_order(layers))


@singledispatch
def build_module(layer: object, shape: Shape) -> nn.Module:
    """Build the module of one layer that sees ``shape``.

    Raises:
        InputError: The layer has no builder.
    """
    rule = f"a layer must have a builder to be applied to {shape}"
    raise InputError("layers", rule, layer)


@build_module.register
def _(layer: described.Conv2d, shape: Shape) -> nn.Module:
    zeros = layer.extent - 1
    uneven = layer.padding == "same" and zeros % 2 == 1
    sparse = layer.kernel_size == 1 and layer.stride > 1
    kind = UnevenConv2d if uneven else SparseConv2d if sparse else nn.Conv2d
    return kind(
        shape[0],
        layer.out_channels,
        layer.kernel_size,
        stride=layer.stride,
        padding=zeros // 2 if layer.padding == "same" else layer.padding,
        dilation=layer.dilation,
        groups=layer.groups,
        bias=layer.bias,
    )


class UnevenConv2d(nn.Conv2d):
    """A convolution with one zero more at the right and the bottom than at the left and the top.

    The same function as ``padding="same"`` with an odd number of zeros, at which torch warns.
    """

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's name
        """Return a map with the sides of the input."""
        return super().forward(functional.pad(input, (0, 1, 0, 1)))


class SparseConv2d(nn.Conv2d):
    """A 1x1 convolution with a stride, which looks at one pixel of each square of this side.

    The same function as torch's own, whose gradient on a CPU writes past its memory for some shapes
    with channels last (torch 2.13: 8 channels to 16 at 64x64 end the process).
    """

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's name
        """Return the map of the pixels that are looked at."""
        edge = int(self.padding[0])
        step = self.stride[0]
        padded = functional.pad(input, (edge,) * 4) if edge else input
        seen = padded[:, :, ::step, ::step].contiguous(memory_format=torch.channels_last)
        return functional.conv2d(seen, self.weight, self.bias, groups=self.groups)


@build_module.register
def _(layer: described.Linear, shape: Shape) -> nn.Module:
    return nn.Linear(shape[0], layer.out_features, bias=layer.bias)


@build_module.register
def _(_layer: described.BatchNorm2d, shape: Shape) -> nn.Module:
    return nn.BatchNorm2d(shape[0])


@build_module.register
def _(layer: described.MaxPool2d, _shape: Shape) -> nn.Module:
    return nn.MaxPool2d(layer.kernel_size, layer.step, layer.padding)


@build_module.register
def _(layer: described.AvgPool2d, _shape: Shape) -> nn.Module:
    return nn.AvgPool2d(layer.kernel_size, layer.step, layer.padding)


@build_module.register
def _(_layer: described.GlobalAvgPool2d, _shape: Shape) -> nn.Module:
    # The mean of a map is a number: what follows sees a vector.
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())


@build_module.register
def _(_layer: described.Flatten, _shape: Shape) -> nn.Module:
    return nn.Flatten()


@build_module.register
def _(layer: described.Dropout, _shape: Shape) -> nn.Module:
    return nn.Dropout(layer.p)


@build_module.register(described.ReLU)
@build_module.register(described.ReLU6)
@build_module.register(described.SiLU)
@build_module.register(described.Hardswish)
@build_module.register(described.GELU)
@build_module.register(described.Tanh)
def _(layer: described.Activation, _shape: Shape) -> nn.Module:
    return _ACTIVATIONS[type(layer)]()


_ACTIVATIONS: dict[type[described.Activation], type[nn.Module]] = {
    described.GELU: nn.GELU,
    described.Hardswish: nn.Hardswish,
    described.ReLU: nn.ReLU,
    described.ReLU6: nn.ReLU6,
    described.SiLU: nn.SiLU,
    described.Tanh: nn.Tanh,
}


@build_module.register
def _(layer: described.Composite, shape: Shape) -> nn.Module:
    return build_stack(layer.expand(shape), shape)


@build_module.register
def _(layer: described.Residual, shape: Shape) -> nn.Module:
    return Shortcut(build_stack(layer.body, shape), build_stack(layer.shortcut, shape))


@build_module.register
def _(layer: described.SqueezeExcite, shape: Shape) -> nn.Module:
    return SqueezeExcite(shape[0], layer.squeeze_channels)
