"""Layers over vectors, and the way from a map to a vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from .base import Layer, LayerError, Shape, Weightless, size
from .rules import check_flag, check_whole


@final
@dataclass(frozen=True, slots=True)
class Flatten(Weightless):
    """Reads a map ``(C, H, W)`` as a vector ``(C·H·W,)``; no number moves."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return ``(C·H·W,)``."""
        return (size(shape),)

    def peak(self, shape: Shape) -> int:
        """Return one tensor: the vector is a view of the map."""
        return size(shape)


@final
@dataclass(frozen=True, slots=True)
class Linear(Layer):
    """A fully connected layer, as `torch.nn.Linear`."""

    out_features: int
    bias: bool = True

    def __post_init__(self) -> None:
        check_whole(self, "out_features", least=1)
        check_flag(self, "bias")

    def output_shape(self, shape: Shape) -> Shape:
        """Return ``(out_features,)``."""
        self._accept(shape)
        return (self.out_features,)

    def params(self, shape: Shape) -> int:
        """Return ``(F + 1)·out_features``, without the 1 where there is no bias."""
        return (self._accept(shape) + self.bias) * self.out_features

    def formula(self, shape: Shape) -> str:
        """Return the formula with its numbers, such as ``(400+1)·120``."""
        features = self._accept(shape)
        return (
            f"({features}+1)·{self.out_features}"
            if self.bias
            else f"{features}·{self.out_features}"
        )

    def macs(self, shape: Shape) -> int:
        """Return ``F·out_features``."""
        return self._accept(shape) * self.out_features

    def depth(self, shape: Shape) -> int:  # noqa: ARG002 (no shape changes it)
        """Return 1."""
        return 1

    def _accept(self, shape: Shape) -> int:
        if len(shape) != 1:
            hint = "Put Flatten() or GlobalAvgPool2d() before it."
            raise LayerError("Linear", "the input must be a vector (F,)", shape, hint)
        return shape[0]
