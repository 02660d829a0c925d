"""What a study tells beyond its picture and its table: each computed when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc

from space.errors import InputError

from ....growth import growth_frame
from ....study import Study
from ...graphs import graph
from ...growth import growth_figure
from .matters import bought_table, importance_figure
from .rungs import rungs
from .stages import stages_figure

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from ...address import Address
    from ...context import Context

TABS: Final = {
    "growth": "Progress",
    "stages": "Stages",
    "matters": "What matters",
    "rungs": "Early stops",
}


_QUICK: Final = 20_000
"""Trials up to which one is open from the start: of more the picture comes first."""


def tabs(address: Address, trials: int) -> Component:
    """Return the heads, with the one open that the address names.

    Raises:
        InputError: There is no such one.
    """
    tab = None
    if "tab" in address.query or trials <= _QUICK:
        tab = address.choice("tab", "growth", TABS)
    heads = dmc.TabsList([dmc.TabsTab(name, value=value) for value, name in TABS.items()])
    shown = dcc.Loading(dmc.Box(id="study-more", mih=160, pt="md"), type="dot", delay_show=300)
    panels = [dmc.TabsPanel(None, value=value) for value in TABS]
    return dmc.Stack([dmc.Tabs([heads, *panels], id="study-tab", value=tab), shown], gap=0)


def wire(app: Dash, context: Context) -> None:
    """Compute what is opened."""

    @app.callback(
        Output("study-more", "children"),
        Input("study-tab", "value"),
        Input("study-size", "value"),
        State("study-name", "data"),
    )
    def more(tab: str | None, size: str, name: str) -> Component | None:
        if tab is None:
            return None
        try:
            return _shown(context, Study(context.store, name), tab, size)
        except InputError as error:
            return dmc.Alert(str(error), color="gray", variant="light")


def _shown(context: Context, study: Study, tab: str, size: str) -> Component:
    record = study.record
    if tab == "stages":
        figure, told = stages_figure(context.store, record, size)
        return dmc.Stack(
            [dmc.Text(told, size="sm", c="dimmed"), graph("study-stages", figure, 460)]
        )
    if tab == "matters":
        figure, told = importance_figure(study.importance(size), size)
        bought = bought_table(study.what_size_bought())
        shown = graph("study-matters", figure, 420)
        return dmc.Stack([dmc.Text(told, size="sm", c="dimmed"), shown, bought])
    if tab == "rungs":
        return rungs(context, record)
    growth = growth_frame(context.store, record.id, size)
    if growth.empty:
        return dmc.Text("No trial has finished yet.", c="dimmed")
    return graph("study-growth", growth_figure({study.name: growth}), 320)
