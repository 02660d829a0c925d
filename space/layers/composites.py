"""Layers made of layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

from .base import (
    Composite,
    Layer,
    LayerError,
    Reach,
    Shape,
    along,
    chain_reach,
    chain_shapes,
    join_formulas,
    size,
)
from .convolution import Conv2d
from .excitation import SqueezeExcite
from .rules import check_whole, map_shape


@final
@dataclass(frozen=True, slots=True)
class Residual(Layer):
    """``body(x) + shortcut(x)``, where an empty shortcut hands ``x`` on unchanged.

    Source: He et al., "Deep residual learning for image recognition", 2015, section 3.2.
    """

    body: tuple[Layer, ...]
    shortcut: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", check_layers("Residual.body", self.body))
        object.__setattr__(self, "shortcut", check_layers("Residual.shortcut", self.shortcut))
        if not self.body:
            raise LayerError("Residual.body", "the body must hold a layer", self.body)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape that both ways end in."""
        ends = {}
        for way in ("body", "shortcut"):
            try:
                ends[way] = chain_shapes(getattr(self, way), shape)[-1]
            except LayerError as error:
                raise error.inside(f"Residual.{way}") from None
        if ends["body"] != ends["shortcut"]:
            rule = "body and shortcut must end in the same shape"
            raise LayerError("Residual", rule, ends, "Put a 1×1 Conv2d into the shortcut.")
        return ends["body"]

    def params(self, shape: Shape) -> int:
        """Return the sum over both ways."""
        return sum(layer.params(at) for way in self._ways() for layer, at in along(way, shape))

    def formula(self, shape: Shape) -> str:
        """Return the formulas of both ways, joined by plus signs."""
        texts = (join_formulas(way, shape) for way in self._ways())
        return " + ".join(text for text in texts if text)

    def macs(self, shape: Shape) -> int:
        """Return the sum over both ways."""
        return sum(layer.macs(at) for way in self._ways() for layer, at in along(way, shape))

    def depth(self, shape: Shape) -> int:
        """Return the longer of both ways."""
        return max(sum(layer.depth(at) for layer, at in along(way, shape)) for way in self._ways())

    def reach(self, shape: Shape) -> Reach:
        """Return the wider of both ways."""
        return max(chain_reach(way, shape) for way in self._ways())

    def peak(self, shape: Shape) -> int:
        """Return the peak of running the body beside the kept input, then the shortcut.

        The first layer of a way must not overwrite the input; the sum is taken in place.
        """
        kept, ended = size(shape), size(self.output_shape(shape))
        first = max(self.body[0].peak(shape), kept + size(self.body[0].output_shape(shape)))
        later = [kept + layer.peak(at) for layer, at in list(along(self.body, shape))[1:]]
        beside = [ended + layer.peak(at) for layer, at in along(self.shortcut, shape)]
        return max(first, *later, *beside, kept + ended)

    def _ways(self) -> tuple[tuple[Layer, ...], tuple[Layer, ...]]:
        return self.body, self.shortcut


@final
@dataclass(frozen=True, slots=True)
class DepthwiseSeparable(Composite):
    """A convolution of each channel by itself, then a 1×1 convolution that mixes the channels.

    Source: Howard et al., "MobileNets", 2017, section 3.1; ``between`` holds what stands between
    the two, there batch normalisation and ReLU.
    """

    out_channels: int
    kernel_size: int
    stride: int = 1
    padding: int | Literal["same"] = 0
    dilation: int = 1
    bias: bool = True
    between: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "between", check_layers("DepthwiseSeparable.between", self.between)
        )
        self._mixing()
        self._filtering(channels=1)

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """Return the depthwise convolution, what stands between, and the 1×1 convolution."""
        channels, _, _ = map_shape(self, shape)
        return (self._filtering(channels), *self.between, self._mixing())

    def _filtering(self, channels: int) -> Conv2d:
        window = (self.kernel_size, self.stride, self.padding, self.dilation)
        return Conv2d(channels, *window, groups=channels, bias=self.bias)

    def _mixing(self) -> Conv2d:
        return Conv2d(self.out_channels, kernel_size=1, bias=self.bias)


@final
@dataclass(frozen=True, slots=True)
class InvertedResidual(Composite):
    """Widens by a 1×1 convolution, filters each channel by itself, narrows by a 1×1 convolution.

    The input is added where stride and channels stay. Without expansion the first convolution is
    left out. Source: Sandler et al., "MobileNetV2", 2018, table 1; with squeeze-excite behind the
    filters: Howard et al., "Searching for MobileNetV3", 2019, figure 4.
    """

    out_channels: int
    kernel_size: int
    stride: int = 1
    dilation: int = 1
    expansion: int = 6
    squeeze: int = 0
    """Wide channels for each channel of the squeeze-excite; 0 for none."""
    bias: bool = True
    between: tuple[Layer, ...] = ()
    """What stands behind the first two convolutions."""
    behind: tuple[Layer, ...] = ()
    """What stands behind the last one."""

    def __post_init__(self) -> None:
        for field in ("between", "behind"):
            given = getattr(self, field)
            object.__setattr__(self, field, check_layers(f"InvertedResidual.{field}", given))
        check_whole(self, "expansion", least=1)
        check_whole(self, "squeeze", least=0)
        if self.kernel_size % 2 == 0:
            raise LayerError("InvertedResidual.kernel_size", "it must be odd", self.kernel_size)
        self._filtering(wide=1)

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """Return the chain, as the body of a `Residual` where the input is added."""
        channels, _, _ = map_shape(self, shape)
        wide = channels * self.expansion
        widen = (Conv2d(wide, 1, bias=self.bias), *self.between) if self.expansion > 1 else ()
        excite = (SqueezeExcite(max(1, wide // self.squeeze)),) if self.squeeze else ()
        narrow = (Conv2d(self.out_channels, 1, bias=self.bias), *self.behind)
        body = (*widen, self._filtering(wide), *self.between, *excite, *narrow)
        keeps = self.stride == 1 and self.out_channels == channels
        return (Residual(body),) if keeps else body

    def _filtering(self, wide: int) -> Conv2d:
        zeros = self.dilation * (self.kernel_size - 1) // 2
        window = (self.kernel_size, self.stride, zeros, self.dilation)
        return Conv2d(wide, *window, groups=wide, bias=self.bias)


def check_layers(field: str, layers: object) -> tuple[Layer, ...]:
    """Return ``layers`` as a tuple, or raise where one of them is no layer."""
    if not isinstance(layers, tuple | list):
        raise LayerError(field, "a chain must be a tuple of layers", layers)
    for place, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise LayerError(f"{field}[{place}]", "a chain must hold layers only", layer)
    return tuple(layers)
