"""Squeeze-excite: each channel is scaled by a number that the whole map decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from .base import Layer, Shape, size
from .rules import check_whole, map_shape


@final
@dataclass(frozen=True, slots=True)
class SqueezeExcite(Layer):
    """Scales each channel by ``sigmoid(W₂ · relu(W₁ · means))``, with the means of all channels.

    The same as `torchvision.ops.SqueezeExcitation` with as many squeezed channels.
    Source: Hu et al., "Squeeze-and-excitation networks", 2017, section 3. The receptive field
    leaves the gate out, which sees the whole map.
    """

    squeeze_channels: int

    def __post_init__(self) -> None:
        check_whole(self, "squeeze_channels", least=1)

    def output_shape(self, shape: Shape) -> Shape:
        """Return ``shape``."""
        return map_shape(self, shape)

    def params(self, shape: Shape) -> int:
        """Return ``(C + 1)·S + (S + 1)·C``."""
        channels, squeezed = map_shape(self, shape)[0], self.squeeze_channels
        return (channels + 1) * squeezed + (squeezed + 1) * channels

    def formula(self, shape: Shape) -> str:
        """Return the formula with its numbers, such as ``(96+1)·24 + (24+1)·96``."""
        channels, squeezed = map_shape(self, shape)[0], self.squeeze_channels
        return f"({channels}+1)·{squeezed} + ({squeezed}+1)·{channels}"

    def macs(self, shape: Shape) -> int:
        """Return ``2·C·S``: means and scaling are not counted, as normalisation is not."""
        return 2 * map_shape(self, shape)[0] * self.squeeze_channels

    def depth(self, shape: Shape) -> int:  # noqa: ARG002 (no shape changes it)
        """Return 2."""
        return 2

    def peak(self, shape: Shape) -> int:
        """Return the map, which is scaled in place, beside both vectors of the gate."""
        return size(shape) + map_shape(self, shape)[0] + self.squeeze_channels
