"""All studies of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, dcc

from ... import columns
from ...marks import percent
from ...overview import studies_frame
from ..listing import listing
from ..sparkline import sparkline
from ..spoken import label
from .overlay import MOST

if TYPE_CHECKING:
    from collections.abc import Hashable

    from dash.development.base_component import Component

    from ..address import Address
    from ..context import Context

path: Final = "/"
title: Final = "Studies"
COLOURS: Final = {"running": "teal", "finished": "blue", "interrupted": "yellow", "failed": "red"}
_NEWEST: Final = "newest first"
_ORDERS: Final = {
    _NEWEST: (columns.CREATED, False),
    "name": (columns.STUDY, True),
    "state": (columns.STATE, True),
    "most trials": (columns.ENDED_TRIALS, False),
    "best accuracy": (columns.ACCURACY, False),
    "longest front": (columns.FRONT, False),
}
"""What studies are sorted by: a column, and whether upward."""
_EVERY: Final = 3_000
"""Milliseconds between looks at the store."""


def layout(context: Context, address: Address) -> Component:
    """Return the list of studies, and what narrows it."""
    words = dmc.TextInput(
        id="studies-words",
        value=address.query.get("words", ""),
        placeholder="Search names, tags and notes",
        debounce=200,
        w=320,
        **label("Search names, tags and notes"),
    )
    archived = dmc.Switch(
        id="studies-archived", label="archived too", checked="archived" in address.query
    )
    order = address.choice("sort", _NEWEST, _ORDERS)
    orders = dmc.Select(
        id="studies-sort",
        data=list(_ORDERS),
        value=order,
        allowDeselect=False,
        w=150,
        **label("Sorted by"),
    )
    shown = listed(context, words.value, archived=archived.checked, order=order)
    return dmc.Stack(
        [
            dmc.Title("Studies", order=1, size="h2"),
            dmc.Group([words, orders, archived, _overlaid(context, address)], align="flex-end"),
            dmc.Box(shown, id="studies-list"),
            dcc.Interval(id="studies-tick", interval=_EVERY),
        ]
    )


def _overlaid(context: Context, address: Address) -> Component:
    """Return what chooses studies to lay over each other, and the way there."""
    names = [study.name for study in reversed(context.store.studies())]
    chosen = [name for name in address.query.get("over", "").split(",") if name in names]
    picked = dmc.MultiSelect(
        id="studies-over",
        data=names,
        value=chosen,
        maxValues=MOST,
        searchable=True,
        placeholder="Lay studies over each other",
        w=320,
        **label("Studies to lay over each other"),
    )
    return dmc.Group([picked, dmc.Box(id="studies-overlay")])


def wire(app: Dash, context: Context) -> None:
    """Keep the list true."""

    @app.callback(
        Output("studies-list", "children"),
        Input("studies-tick", "n_intervals"),
        Input("studies-words", "value"),
        Input("studies-archived", "checked"),
        Input("studies-sort", "value"),
        prevent_initial_call=True,
    )
    def refresh(_: int | None, words: str | None, archived: bool | None, order: str) -> Component:
        return listed(context, words or "", archived=bool(archived), order=order)

    app.clientside_callback(
        ClientsideFunction("sizewise", "narrowed"),
        Input("studies-words", "value"),
        Input("studies-archived", "checked"),
        Input("studies-sort", "value"),
        prevent_initial_call=True,
    )

    @app.callback(Output("studies-overlay", "children"), Input("studies-over", "value"))
    def overlay(names: list[str] | None) -> Any:
        if not names or len(names) < 2:
            return None
        return dcc.Link("Show them", href=context.href("/overlay", names=",".join(names)))


def listed(context: Context, words: str, *, archived: bool, order: str = _NEWEST) -> Component:
    """Return a table of the studies that hold all the words, in order."""
    frame = studies_frame(context.store, archived=archived)
    if frame.empty:
        return dmc.Alert(
            ["Start the first one in a terminal: ", dmc.Code("sizewise run digits")],
            title="No study yet",
            variant="light",
        )
    kept = frame[matches(frame, words)]
    column, upward = _ORDERS[order]
    # Ties come the newest first.
    kept = kept.iloc[::-1].sort_values(column, ascending=upward, kind="stable")
    if kept.empty:
        return dmc.Text("No study has all these words.", c="dimmed")
    heads = (
        *("study", "state", "trials", "best", "front", "progress"),
        *("data", "tags", "note", "created"),
    )
    rows = [_row(context, row) for row in kept.to_dict("records")]
    return listing(
        heads, rows, numbers={2, 3, 4}, width=760, highlightOnHover=True, verticalSpacing="xs"
    )


def matches(frame: pd.DataFrame, words: str) -> pd.Series[bool]:
    """Return which studies hold each of the words in name, data, tags or note."""
    told = (columns.STUDY, columns.DATA, columns.TAGS, columns.NOTE)
    text = frame[list(told)].fillna("").agg(" ".join, axis=1).str.lower()
    found = text.notna()
    for word in words.lower().split():
        found &= text.str.contains(word, regex=False)
    return found


def _row(context: Context, row: dict[Hashable, Any]) -> tuple[Component | str, ...]:
    running, ended, name = (
        row[columns.RUNNING_TRIALS],
        row[columns.ENDED_TRIALS],
        row[columns.STUDY],
    )
    tags = [tag for tag in row[columns.TAGS].split(", ") if tag]
    note = "" if pd.isna(row[columns.NOTE]) else row[columns.NOTE]
    return (
        dcc.Link(name, href=context.href("/study", name=name)),
        badge(row[columns.STATE]),
        f"{ended:,}" + (f" + {running}" if running else ""),
        best(row[columns.ACCURACY]),
        f"{row[columns.FRONT]:,}",
        sparkline(context.store, name, row[columns.CREATED], ended),
        row[columns.DATA],
        dmc.Group([dmc.Badge(tag, variant="outline") for tag in tags], gap=4),
        dmc.Text(note, lineClamp=2, size="sm"),
        f"{row[columns.CREATED]:%Y-%m-%d %H:%M} UTC",
    )


def best(accuracy: float) -> str:
    """Return the best accuracy of a study, empty where none is known yet."""
    return "" if pd.isna(accuracy) else percent(accuracy)


def badge(state: str) -> Component:
    """Return a study's state in its colour."""
    return dmc.Badge(state, color=COLOURS.get(state, "gray"), variant="dot")
