"""Pooling over maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from .base import LayerError, Reach, Shape, Weightless
from .rules import check_whole, map_shape, slide


class Pool(Weightless):
    """A window that slides over each channel by itself."""

    __slots__ = ()

    kernel_size: int
    stride: int | None
    padding: int

    def __post_init__(self) -> None:
        check_whole(self, "kernel_size", least=1)
        check_whole(self, "padding", least=0)
        if self.stride is not None:
            check_whole(self, "stride", least=1)
        if 2 * self.padding > self.kernel_size:
            values = {"padding": self.padding, "kernel_size": self.kernel_size}
            field = f"{type(self).__name__}.padding"
            raise LayerError(field, "`2·padding <= kernel_size` must hold", values)

    @property
    def step(self) -> int:
        """The stride that is used: ``kernel_size`` where none is given."""
        return self.kernel_size if self.stride is None else self.stride

    def output_shape(self, shape: Shape) -> Shape:
        """Return ``(C, H', W')``."""
        channels, *sides = map_shape(self, shape)
        height, width = slide(
            self,
            (sides[0], sides[1]),
            extent=self.kernel_size,
            stride=self.step,
            padding=self.padding,
        )
        return (channels, height, width)

    def reach(self, shape: Shape) -> Reach:  # noqa: ARG002 (no shape changes it)
        """Return the window and its stride."""
        return Reach(self.kernel_size, self.step)


@final
@dataclass(frozen=True, slots=True)
class MaxPool2d(Pool):
    """The largest value under each window, as `torch.nn.MaxPool2d`."""

    kernel_size: int
    stride: int | None = None
    padding: int = 0


@final
@dataclass(frozen=True, slots=True)
class AvgPool2d(Pool):
    """The mean under each window, padding counted, as `torch.nn.AvgPool2d`."""

    kernel_size: int
    stride: int | None = None
    padding: int = 0


@final
@dataclass(frozen=True, slots=True)
class GlobalAvgPool2d(Weightless):
    """The mean of each channel: a map ``(C, H, W)`` becomes a vector ``(C,)``."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return ``(C,)``."""
        return (map_shape(self, shape)[0],)
