"""The rules that several layers share: whole numbers, maps, and windows that slide over maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import LayerError

if TYPE_CHECKING:
    from .base import Layer, Shape


def check_whole(layer: Layer, field: str, *, least: int) -> None:
    """Raise unless ``layer.field`` is a whole number of at least ``least``."""
    value = getattr(layer, field)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        rule = f"`{field}` must be a whole number of at least {least}"
        raise LayerError(f"{type(layer).__name__}.{field}", rule, value)


def check_flag(layer: Layer, field: str) -> None:
    """Raise unless ``layer.field`` is true or false."""
    value = getattr(layer, field)
    if not isinstance(value, bool):
        rule = f"`{field}` must be true or false"
        raise LayerError(f"{type(layer).__name__}.{field}", rule, value)


def map_shape(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """Return ``shape`` as ``(C, H, W)``, or raise where the layer meets a vector."""
    if len(shape) != 3:
        rule = "the input must be a map (C, H, W)"
        hint = "Put it before Flatten() and GlobalAvgPool2d()."
        raise LayerError(type(layer).__name__, rule, shape, hint)
    channels, height, width = shape
    return channels, height, width


def slide(
    layer: Layer, sides: tuple[int, int], *, extent: int, stride: int, padding: int
) -> tuple[int, int]:
    """Return the sides of the map that a sliding window leaves: ``(n + 2p - e) // s + 1`` each.

    Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016,
    relationship 6, with the window's extent ``e`` in place of its kernel size.
    """
    if extent > min(sides) + 2 * padding:
        rule = "the window must fit: `extent <= side + 2·padding` must hold for both sides"
        values = {"extent": extent, "sides": sides, "padding": padding}
        raise LayerError(type(layer).__name__, rule, values)
    height, width = ((side + 2 * padding - extent) // stride + 1 for side in sides)
    return height, width
