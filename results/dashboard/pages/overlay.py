"""Several studies in one picture: their fronts, and how these grew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
import pandas as pd
import plotly.graph_objects as go
from dash import dcc

from space.errors import InputError

from ... import columns
from ...figures import log_ticks
from ...frames import finished_frame
from ...front import is_front
from ...growth import growth_frame
from ...marks import CAPTIONS, DASHES, LINES
from ..graphs import graph
from ..growth import growth_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash import Dash
    from dash.development.base_component import Component

    from ...store import Store
    from ..address import Address
    from ..context import Context

path: Final = "/overlay"
title: Final = ""
MOST: Final = len(LINES)


def layout(context: Context, address: Address) -> Component:
    """Return the studies that the address names in one picture.

    Raises:
        InputError: There are fewer than two studies or too many, one is not there, or no such size.
    """
    names = list(dict.fromkeys(filter(None, address.query.get("names", "").split(","))))
    if not 2 <= len(names) <= MOST:
        raise InputError("names", f"must be 2 to {MOST} studies with commas", ",".join(names))
    studies = [context.store.study(name) for name in names]
    size = address.choice("x", studies[0].size, columns.SIZES)
    links: list[Any] = [
        dcc.Link(name, href=context.href("/study", name=name, x=size)) for name in names
    ]
    data = {str(each.data.get("hash") or each.data.get("name")) for each in studies}
    warning = "These studies saw different images: their accuracies are not comparable."
    return dmc.Stack(
        [
            dmc.Title("Studies side by side", order=1, size="h2"),
            dmc.Group(links, gap="md"),
            *([dmc.Alert(warning, color="orange", variant="light")] if len(data) > 1 else []),
            graph("overlay-fronts", fronts_figure(context.store, names, size), "max(46vh, 300px)"),
            dmc.Text("Hypervolume of accuracy against log size, up to one size for all", size="sm"),
            graph("overlay-growth", growth_figure(growths(context.store, names, size)), 320),
        ]
    )


def wire(_: Dash, __: Context) -> None:
    """Have nothing called: the page stays as it was made."""


def fronts_figure(store: Store, names: Sequence[str], size: str) -> go.Figure:
    """Return the fronts of studies as stairs."""
    figure, sizes = go.Figure(), list["pd.Series[Any]"]()
    for place, name in enumerate(names):
        trials = finished_frame(store, store.study(name).id, size).dropna()
        front = trials[is_front(trials[columns.ACCURACY], trials[size])].sort_values(size)
        sizes.append(front[size])
        figure.add_scatter(
            x=front[size],
            y=front[columns.ACCURACY],
            name=name,
            mode="lines+markers",
            line={"color": LINES[place], "dash": DASHES[place], "shape": "hv", "width": 2},
            text=[f"{name}, trial {number}" for number in front[columns.NUMBER]],
            hovertemplate="%{text}: %{y:.2%} at %{x:,.4~g}<extra></extra>",
        )
    figure.update_xaxes(title=CAPTIONS[size], **log_ticks(pd.concat(sizes)))
    figure.update_yaxes(tickformat=".3~p", title="validation accuracy")
    return figure.update_layout(legend={"orientation": "h", "y": 1.1}, showlegend=True)


def growths(store: Store, names: Sequence[str], size: str) -> dict[str, pd.DataFrame]:
    """Return how the fronts of studies grew.

    All count from the smallest of their networks to a little beyond the largest.
    """
    ids = {name: store.study(name).id for name in names}
    sizes = pd.concat([finished_frame(store, id_, size)[size] for id_ in ids.values()]).dropna()
    ends = (float(sizes.min()), float(sizes.max())) if len(sizes) else None
    return {name: growth_frame(store, id_, size, ends=ends) for name, id_ in ids.items()}
