"""Convolution over maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

from .base import Layer, LayerError, Reach, Shape
from .rules import check_flag, check_whole, map_shape, slide


@final
@dataclass(frozen=True, slots=True)
class Conv2d(Layer):
    """A convolution with square kernels, as `torch.nn.Conv2d`."""

    out_channels: int
    kernel_size: int
    stride: int = 1
    padding: int | Literal["same"] = 0
    """Zeros added on each side; ``"same"`` keeps the sides and needs stride 1."""
    dilation: int = 1
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        for field in ("out_channels", "kernel_size", "stride", "dilation", "groups"):
            check_whole(self, field, least=1)
        if self.padding != "same":
            check_whole(self, "padding", least=0)
        check_flag(self, "bias")
        if self.padding == "same" and self.stride != 1:
            rule = "`padding='same'` needs `stride == 1`"
            raise LayerError("Conv2d.stride", rule, self.stride, "Give the padding as a number.")
        if self.out_channels % self.groups:
            values = {"out_channels": self.out_channels, "groups": self.groups}
            raise LayerError("Conv2d.groups", "`out_channels % groups == 0` must hold", values)

    @property
    def extent(self) -> int:
        """Side of the square that the kernel spans, holes included."""
        return self.dilation * (self.kernel_size - 1) + 1

    def output_shape(self, shape: Shape) -> Shape:
        """Return ``(out_channels, H', W')``."""
        _, *sides = self._accept(shape)
        if self.padding == "same":
            return (self.out_channels, *sides)
        height, width = slide(
            self,
            (sides[0], sides[1]),
            extent=self.extent,
            stride=self.stride,
            padding=self.padding,
        )
        return (self.out_channels, height, width)

    def params(self, shape: Shape) -> int:
        """Return ``(k·k·C/groups + 1)·out_channels``, without the 1 where there is no bias."""
        channels = self._accept(shape)[0] // self.groups
        return (self.kernel_size**2 * channels + self.bias) * self.out_channels

    def formula(self, shape: Shape) -> str:
        """Return the formula with its numbers, such as ``(5·5·1+1)·6``."""
        channels = self._accept(shape)[0] // self.groups
        weights = f"{self.kernel_size}·{self.kernel_size}·{channels}"
        return (
            f"({weights}+1)·{self.out_channels}" if self.bias else f"{weights}·{self.out_channels}"
        )

    def macs(self, shape: Shape) -> int:
        """Return ``k·k·C/groups`` for each output number."""
        channels = self._accept(shape)[0] // self.groups
        _, height, width = self.output_shape(shape)
        return self.kernel_size**2 * channels * self.out_channels * height * width

    def depth(self, shape: Shape) -> int:  # noqa: ARG002 (no shape changes it)
        """Return 1."""
        return 1

    def reach(self, shape: Shape) -> Reach:  # noqa: ARG002 (no shape changes it)
        """Return the kernel's extent and the stride."""
        return Reach(self.extent, self.stride)

    def _accept(self, shape: Shape) -> tuple[int, int, int]:
        channels, height, width = map_shape(self, shape)
        if channels % self.groups:
            values = {"in_channels": channels, "groups": self.groups}
            raise LayerError("Conv2d", "`in_channels % groups == 0` must hold", values)
        return channels, height, width
