"""Layers that keep the shape: activations, normalisation, dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from .base import Layer, LayerError, Shape, Weightless, size
from .rules import map_shape


class Pointwise(Weightless):
    """A layer that changes each number by itself, in place."""

    __slots__ = ()

    def output_shape(self, shape: Shape) -> Shape:
        """Return ``shape``."""
        return shape

    def peak(self, shape: Shape) -> int:
        """Return one tensor: the layer works in place."""
        return size(shape)


class Activation(Pointwise):
    """A fixed function of one number."""

    __slots__ = ()


@final
@dataclass(frozen=True, slots=True)
class ReLU(Activation):
    """``max(x, 0)``."""


@final
@dataclass(frozen=True, slots=True)
class ReLU6(Activation):
    """``min(max(x, 0), 6)``."""


@final
@dataclass(frozen=True, slots=True)
class SiLU(Activation):
    """``x · sigmoid(x)``."""


@final
@dataclass(frozen=True, slots=True)
class Hardswish(Activation):
    """``x · min(max(x + 3, 0), 6) / 6``."""


@final
@dataclass(frozen=True, slots=True)
class GELU(Activation):
    """``x · Φ(x)``, exact."""


@final
@dataclass(frozen=True, slots=True)
class Tanh(Activation):
    """The hyperbolic tangent."""


@final
@dataclass(frozen=True, slots=True)
class Dropout(Pointwise):
    """Sets each number to 0 with probability ``p`` while training."""

    p: float = 0.5

    def __post_init__(self) -> None:
        number = isinstance(self.p, int | float) and not isinstance(self.p, bool)
        if not (number and 0 <= self.p < 1):
            raise LayerError("Dropout.p", "`0 <= p < 1` must hold", self.p)


@final
@dataclass(frozen=True, slots=True)
class BatchNorm2d(Layer):
    """Normalises each channel over the batch, then scales and shifts it, in place."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return ``shape``."""
        return map_shape(self, shape)

    def params(self, shape: Shape) -> int:
        """Return a scale and a shift for each channel; running statistics are not trained."""
        return 2 * map_shape(self, shape)[0]

    def formula(self, shape: Shape) -> str:
        """Return ``2·C``."""
        return f"2·{map_shape(self, shape)[0]}"

    def macs(self, shape: Shape) -> int:  # noqa: ARG002 (no shape changes it)
        """Return 0: normalisation is not counted."""
        return 0

    def peak(self, shape: Shape) -> int:
        """Return one tensor: the layer works in place."""
        return size(shape)
