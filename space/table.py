"""An architecture as a table: one row for each layer, with the arithmetic behind its params."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

from .canonical import canonical
from .layers import (
    Conv2d,
    DepthwiseSeparable,
    Dropout,
    InvertedResidual,
    Layer,
    Linear,
    Pool,
    SqueezeExcite,
)
from .layers.base import chain_reach, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .architecture import Architecture
    from .layers import Shape


@dataclass(frozen=True, slots=True)
class Row:
    """One layer of an architecture, or its input."""

    name: str
    shape: Shape
    """Activation shape after the layer."""
    size: int
    """Numbers in that activation."""
    params: int
    formula: str
    """The arithmetic behind `params`; empty where there are none."""
    macs: int
    receptive_field: int | None
    """Side of the square of pixels that one unit sees; None for the whole image."""


_TITLES = ("layer", "activation", "size", "params", "formula", "macs", "receptive field")
_NUMERIC = (False, False, True, True, False, True, True)


def rows(architecture: Architecture) -> list[Row]:
    """Return the input and then each layer of the architecture, top to bottom."""
    layers, shapes = architecture.layers, architecture.shapes
    table = [Row("Input", shapes[0], size(shapes[0]), 0, "", 0, 1)]
    for place, (layer, before, after) in enumerate(zip(layers, shapes, shapes[1:], strict=False)):
        until = canonical(layers[: place + 1], shapes[0])
        sees = None if len(after) == 1 else chain_reach(until, shapes[0]).extent
        costs = (layer.params(before), layer.formula(before), layer.macs(before))
        table.append(Row(describe(layer), after, size(after), *costs, sees))
    return table


def text(table: Iterable[Row]) -> str:
    """Return the rows as plain text with a line of totals."""
    table = list(table)
    lines = [_TITLES, *(_cells(row) for row in table), _totals(table)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_TITLES))]
    drawn = [_line(line, widths) for line in lines]
    rule = "-" * max(map(len, drawn))
    return "\n".join([drawn[0], rule, *drawn[1:-1], rule, drawn[-1]]) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    shape = "×".join(map(str, row.shape))
    sees = "image" if row.receptive_field is None else str(row.receptive_field)
    return (row.name, shape, f"{row.size:,}", f"{row.params:,}", row.formula, f"{row.macs:,}", sees)


def _totals(table: Sequence[Row]) -> tuple[str, ...]:
    params, macs = (sum(getattr(row, cost) for row in table) for cost in ("params", "macs"))
    return ("total", "", "", f"{params:,}", "", f"{macs:,}", "")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    sides = (">" if numeric else "<" for numeric in _NUMERIC)
    padded = (
        f"{cell:{side}{width}}" for cell, side, width in zip(cells, sides, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


@singledispatch
def describe(layer: Layer) -> str:
    """Return the layer in few words, such as ``Conv2d 6@5×5``."""
    return type(layer).__name__


@describe.register(Conv2d)
@describe.register(DepthwiseSeparable)
@describe.register(InvertedResidual)
def _(layer: Conv2d | DepthwiseSeparable | InvertedResidual) -> str:
    groups = f" groups {layer.groups}" if isinstance(layer, Conv2d) and layer.groups > 1 else ""
    holes = f" dilation {layer.dilation}" if layer.dilation > 1 else ""
    window = f"{layer.kernel_size}×{layer.kernel_size}{_step(layer.stride, 1)}"
    told = f"{type(layer).__name__} {layer.out_channels}@{window}{groups}{holes}"
    return told + _widening(layer) if isinstance(layer, InvertedResidual) else told


@describe.register
def _(layer: Pool) -> str:
    window = f"{layer.kernel_size}×{layer.kernel_size}"
    return f"{type(layer).__name__} {window}{_step(layer.step, layer.kernel_size)}"


@describe.register
def _(layer: Linear) -> str:
    return f"Linear {layer.out_features}"


@describe.register
def _(layer: SqueezeExcite) -> str:
    return f"SqueezeExcite {layer.squeeze_channels}"


@describe.register
def _(layer: Dropout) -> str:
    return f"Dropout {layer.p:g}"


def _widening(layer: InvertedResidual) -> str:
    excited = f" squeeze {layer.squeeze}" if layer.squeeze else ""
    return f" expand {layer.expansion}{excited}"


def _step(stride: int, usual: int) -> str:
    return "" if stride == usual else f"/{stride}"
