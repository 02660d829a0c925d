"""A network on a page: drawn as blocks, and as a table of its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
from dash import html

from space.table import rows

from ..outline import outline
from ..pages.drawing import drawing

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from space import Architecture

    from ..pages.drawing import Block

_HEADS: Final = ("layer", "map", "size", "params", "arithmetic", "macs", "sees")
_NUMBERS: Final = {"size", "params", "macs", "sees"}
_KINDS: Final = {"input": "input", "conv": "convolution", "pool": "pooling", "dense": "dense"}


def drawn(architecture: Architecture) -> Component:
    """Return a network as blocks: as high as their map, as wide as their channels, params below."""
    picture = drawing(architecture)
    parts = [part for block in picture.blocks for part in _block(block, picture.floor)]
    line = html.Div(className="floor", style={"top": picture.floor + 20, "width": picture.width})
    told: dict[str, Any] = {"aria-label": outline(architecture)}
    blocks = html.Div(
        [line, *parts],
        className="network",
        style={"width": picture.width, "height": picture.height},
        role="img",
        **told,
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
    table = rows(architecture)
    body = [
        _row(
            each.name,
            "×".join(map(str, each.shape)),
            f"{each.size:,}",
            f"{each.params:,}",
            each.formula,
            f"{each.macs:,}",
            "image" if each.receptive_field is None else f"{each.receptive_field}",
        )
        for each in table
    ]
    totals = [f"{architecture.params:,}", "", f"{architecture.macs:,}", ""]
    foot = dmc.TableTfoot(_row("total", "", "", *totals))
    head = dmc.TableThead(dmc.TableTr([dmc.TableTh(each, ta=_side(each)) for each in _HEADS]))
    return dmc.TableScrollContainer(
        dmc.Table([head, dmc.TableTbody(body), foot], striped=True, verticalSpacing=4),
        minWidth=720,
    )


def _row(*cells: str) -> Component:
    named = zip(_HEADS, cells, strict=True)
    return dmc.TableTr([dmc.TableTd(cell, ta=_side(name)) for name, cell in named])


def _side(name: str) -> Any:
    return "right" if name in _NUMBERS else None
