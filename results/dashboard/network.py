"""A network on a page: drawn as blocks, and as a table of its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import dash_mantine_components as dmc
from dash import html

from space.table import rows

from ..drawing import drawing
from ..outline import outline
from .listing import listing
from .spoken import label

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from space import Architecture

    from ..drawing import Block

_HEADS: Final = ("layer", "map", "size", "params", "arithmetic", "macs", "sees")
_KINDS: Final = {"input": "input", "conv": "convolution", "pool": "pooling", "dense": "dense"}


def drawn(architecture: Architecture) -> Component:
    """Return a network as blocks: as high as their map, as wide as their channels, params below."""
    picture = drawing(architecture)
    parts = [part for block in picture.blocks for part in _block(block, picture.floor)]
    line = html.Div(className="floor", style={"top": picture.floor + 20, "width": picture.width})
    blocks = html.Div(
        [line, *parts],
        className="network",
        style={"width": picture.width, "height": picture.height},
        role="img",
        **label(outline(architecture)),
    )
    return dmc.ScrollArea(blocks, type="auto")


def key() -> Component:
    """Return what the colours of the blocks mean."""
    kinds = [
        dmc.Group([html.Span(className=f"key {kind}"), dmc.Text(name, size="xs")], gap=4)
        for kind, name in _KINDS.items()
    ]
    told = "The number above a block is its channels, below it stands its map; bars are params."
    return dmc.Group([*kinds, dmc.Text(told, size="xs", c="dimmed")], gap="md")


def _block(block: Block, floor: float) -> list[Component]:
    box = {"left": block.x, "top": block.y, "width": block.width, "height": block.height}
    parts = [
        html.Div(className=f"block {block.kind}", title=block.title, style=box),
        _text(block.above, block.middle, block.y - 15),
        _text(block.below, block.middle, floor + 4),
    ]
    if block.params:
        height = max(block.bar, 1)
        bar = {"left": block.middle - 7, "top": floor + 21, "width": 14, "height": height}
        parts.append(html.Div(className="bar", title=block.title, style=bar))
        parts.append(_text(block.params, block.middle, floor + 22 + height))
    return parts


def _text(told: str, middle: float, top: float) -> Component:
    return html.Span(told, style={"left": middle, "top": top})


def layers(architecture: Architecture) -> Component:
    """Return the layers of a network as a table, with its totals."""
    body = [
        (
            each.name,
            "×".join(map(str, each.shape)),
            f"{each.size:,}",
            f"{each.params:,}",
            each.formula,
            f"{each.macs:,}",
            "image" if each.receptive_field is None else f"{each.receptive_field}",
        )
        for each in rows(architecture)
    ]
    foot = ("total", "", "", f"{architecture.params:,}", "", f"{architecture.macs:,}", "")
    return listing(_HEADS, body, numbers={2, 3, 5, 6}, foot=foot, striped=True, width=720)
