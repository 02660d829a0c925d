"""What every layer is: an immutable description that knows its shapes and its costs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod
from typing import NamedTuple, TypeAlias

from ..errors import InputError

Shape: TypeAlias = tuple[int, ...]
"""The shape of one image: ``(C, H, W)`` for maps, ``(F,)`` for vectors."""


class LayerError(InputError):
    """A layer that cannot exist, or cannot be applied to the shape before it."""


class Reach(NamedTuple):
    """What one output unit sees of the layer's input, and how far its neighbour is shifted."""

    extent: int
    """Side of the square that one output unit sees, in input positions."""
    stride: int
    """Distance between the squares of two neighbouring output units, in input positions."""


class Layer(ABC):
    """One layer of a network; final subclasses are frozen dataclasses named as in `torch.nn`.

    The number of input channels is never stored: it follows from the shape before the layer.
    `output_shape` raises `LayerError` where the layer cannot be applied; the costs are defined
    where it can.
    """

    __slots__ = ()

    @abstractmethod
    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape after the layer."""

    @abstractmethod
    def params(self, shape: Shape) -> int:
        """Return the number of trainable numbers."""

    @abstractmethod
    def formula(self, shape: Shape) -> str:
        """Return `params` as the arithmetic behind it, such as ``(5·5·1+1)·6``; empty for none."""

    @abstractmethod
    def macs(self, shape: Shape) -> int:
        """Return the multiply-adds of one image; bias and normalisation are not counted."""

    def depth(self, shape: Shape) -> int:  # noqa: ARG002 (composites need the shape)
        """Return how many convolutions and linear layers stand one behind the other."""
        return 0

    def reach(self, shape: Shape) -> Reach:  # noqa: ARG002 (composites need the shape)
        """Return what one output unit sees of the input map."""
        return Reach(extent=1, stride=1)

    def peak(self, shape: Shape) -> int:
        """Return how many activations are alive at once, input and output included.

        Inference on one image: a layer needs its input and its output together.
        """
        return size(shape) + size(self.output_shape(shape))


class Weightless(Layer):
    """A layer without trainable numbers and without multiply-adds."""

    __slots__ = ()

    def params(self, shape: Shape) -> int:  # noqa: ARG002 (no shape changes it)
        """Return 0."""
        return 0

    def formula(self, shape: Shape) -> str:  # noqa: ARG002 (no shape changes it)
        """Return an empty text."""
        return ""

    def macs(self, shape: Shape) -> int:  # noqa: ARG002 (no shape changes it)
        """Return 0."""
        return 0


class Composite(Layer):
    """A layer that is a name for a chain of simpler layers; its costs are the sums over them."""

    __slots__ = ()

    @abstractmethod
    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """Return the chain of simpler layers that the composite stands for at ``shape``."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape after the last layer of the chain."""
        return chain_shapes(self.expand(shape), shape)[-1]

    def params(self, shape: Shape) -> int:
        """Return the sum over the chain."""
        return sum(layer.params(at) for layer, at in along(self.expand(shape), shape))

    def formula(self, shape: Shape) -> str:
        """Return the formulas of the chain, joined by plus signs."""
        return join_formulas(self.expand(shape), shape)

    def macs(self, shape: Shape) -> int:
        """Return the sum over the chain."""
        return sum(layer.macs(at) for layer, at in along(self.expand(shape), shape))

    def depth(self, shape: Shape) -> int:
        """Return the sum over the chain."""
        return sum(layer.depth(at) for layer, at in along(self.expand(shape), shape))

    def reach(self, shape: Shape) -> Reach:
        """Return the reach of the whole chain."""
        return chain_reach(self.expand(shape), shape)

    def peak(self, shape: Shape) -> int:
        """Return the largest peak along the chain."""
        return max(layer.peak(at) for layer, at in along(self.expand(shape), shape))


def size(shape: Shape) -> int:
    """Return how many numbers a tensor of this shape holds."""
    return prod(shape)


def chain_shapes(layers: tuple[Layer, ...], shape: Shape) -> tuple[Shape, ...]:
    """Return the shape before the chain and after each of its layers.

    A `LayerError` names the place of the layer that cannot be applied, as ``[3]``.
    """
    shapes = [shape]
    for place, layer in enumerate(layers):
        try:
            shapes.append(layer.output_shape(shapes[-1]))
        except LayerError as error:
            raise error.inside(f"[{place}]") from None
    return tuple(shapes)


def along(layers: tuple[Layer, ...], shape: Shape) -> zip[tuple[Layer, Shape]]:
    """Pair each layer of a chain with the shape before it."""
    return zip(layers, chain_shapes(layers, shape), strict=False)


def join_formulas(layers: tuple[Layer, ...], shape: Shape) -> str:
    """Return the formulas of a chain, joined by plus signs."""
    return " + ".join(text for layer, at in along(layers, shape) if (text := layer.formula(at)))


def chain_reach(layers: tuple[Layer, ...], shape: Shape) -> Reach:
    """Return the reach of a chain.

    Source: Araujo et al., "Computing receptive fields of convolutional neural networks",
    Distill 2019, equation 2.
    """
    extent, stride = 1, 1
    for layer, at in along(layers, shape):
        own = layer.reach(at)
        extent += (own.extent - 1) * stride
        stride *= own.stride
    return Reach(extent, stride)
