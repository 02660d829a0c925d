"""What changed sides between two networks, on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import html

from ....images import pixels_url
from ....marks import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from ....comparing import Comparison, Example, Pairing, Sides


def answered(comparison: Comparison) -> Component:
    """Return how the networks of a comparison answer for the same images, pair by pair."""
    parts: list[Component] = [dmc.Text(each, c="dimmed", size="sm") for each in comparison.notes]
    parts += [
        _sides(sides, pair, comparison.class_names)
        for pair in comparison.pairs
        for sides in (pair.validation, pair.test)
        if sides is not None
    ]
    return dmc.Stack(parts)


def _sides(sides: Sides, pair: Pairing, names: Sequence[str]) -> Component:
    one, other = f"trial {pair.one}", f"trial {pair.other}"
    right = [percent(each) for each in sides.accuracies]
    luck = ", so that the difference may be chance" if sides.chance >= 0.05 else ""
    told = (
        f"Of {sides.images:,} {sides.part} images {one} tells {right[0]} rightly and {other} "
        f"{right[1]}. {len(sides.lost)} are known to {one} alone, {len(sides.won)} to {other} "
        f"alone. McNemar's exact test: p = {sides.chance:.3g}{luck}."
    )
    changes = ", ".join(
        f"{_name(row, names)} for {_name(column, names)} {more:+d}"
        for row, column, more in sides.largest_changes()
    )
    more = f"Taken for another class, {other} less {one}: {changes}." if changes else ""
    tiles = [_tile(each, pair, names) for each in sides.examples if each.pixels is not None]
    return dmc.Stack(
        [
            dmc.Title(f"Trial {pair.one} and trial {pair.other}", order=3, size="h5"),
            dmc.Text(told, size="sm"),
            *([dmc.Text(more, size="sm", c="dimmed")] if more else []),
            html.Div(tiles, className="tiles"),
        ],
        gap="xs",
    )


def _tile(example: Example, pair: Pairing, names: Sequence[str]) -> Component:
    label, one, other = (_name(each, names) for each in (example.label, example.one, example.other))
    assert example.pixels is not None
    image = html.Img(src=pixels_url(example.pixels), alt=f"image {example.index}, a {label}")
    told = [
        dmc.Text(f"{label}, image {example.index}", size="xs", fw=600),
        dmc.Text(f"{pair.one}: {one}", size="xs", className=_side(example.one, example.label)),
        dmc.Text(
            f"{pair.other}: {other}", size="xs", className=_side(example.other, example.label)
        ),
    ]
    return html.Figure([image, html.Figcaption(told)])


def _side(taken: int, label: int) -> str:
    return "right" if taken == label else "wrong"


def _name(number: int, names: Sequence[str]) -> str:
    return names[number] if names else str(number)
