"""The page of a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, no_update
from dash.exceptions import PreventUpdate

from space import Architecture
from space.errors import InputError

from .... import columns
from ....figures import curves_figure
from ....frames import epochs_frame
from ....keeping.remarks import note
from ....marks import amount, percent
from ....study import Study
from ...graphs import dressed, graph
from ...network import drawn, key, layers
from ..studies import badge
from .exports import Exports
from .inside import inside
from .told import recipe, surroundings

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from ....records import StudyRecord, TrialRecord
    from ...address import Address
    from ...context import Context

path: Final = "/trial"
title: Final = ""
_TABS: Final = {
    "layers": "Layers",
    "curve": "Learning curve",
    "inside": "Look inside",
    "recipe": "Recipe and surroundings",
}
_EVERY: Final = 2_000
"""Milliseconds between looks at a trial that runs, or at an export."""


def layout(context: Context, address: Address) -> Component:
    """Return the trial that the address names.

    Raises:
        InputError: There is no such study, trial or tab.
    """
    study = context.store.study(address.query.get("study", ""))
    trial = _trial(context, study, address)
    tab = address.choice("tab", "layers", _TABS)
    network = Architecture.from_dict(trial.architecture)
    return dmc.Stack(
        [
            _head(context, study, trial),
            _facts(trial),
            *([dmc.Text(trial.reason, size="sm")] if trial.reason else []),
            dmc.Paper([drawn(network), key()], withBorder=True, p="md"),
            _tabs(context, study, trial, address, tab),
            _doing(context, study, trial),
            dcc.Store(id="trial-name", data=[study.name, trial.number]),
            dcc.Interval(id="trial-tick", interval=_EVERY, disabled=trial.state != "running"),
            dcc.Interval(id="trial-export-tick", interval=1_000),
        ]
    )


def _trial(context: Context, study: StudyRecord, address: Address) -> TrialRecord:
    return context.store.trial(study.id, address.numbers("number")[0])


def _head(context: Context, study: StudyRecord, trial: TrialRecord) -> Component:
    there = range(Study(context.store, study.name).count())
    around = [
        dcc.Link(text, href=context.href(path, study=study.name, number=number))
        for text, number in (("← before", trial.number - 1), ("next →", trial.number + 1))
        if number in there
    ]
    name = dcc.Link(study.name, href=context.href("/study", name=study.name))
    heading = dmc.Title([name, f", trial {trial.number}"], order=1, size="h2")
    return dmc.Group([heading, dmc.Group(around)], justify="space-between")


def _facts(trial: TrialRecord) -> Component:
    told = [("accuracy", "" if trial.accuracy is None else percent(trial.accuracy))]
    told += [
        (size.replace("_", " "), amount(value))
        for size in columns.SIZES
        if (value := getattr(trial, size)) is not None
    ]
    told.append(("epochs", f"{trial.epochs:,}"))
    tiles = [
        dmc.Box([dmc.Text(name, size="xs", c="dimmed"), dmc.Text(value, fw=600)])
        for name, value in told
        if value
    ]
    return dmc.Group([badge(trial.state), *tiles], gap="xl")


def _tabs(
    context: Context, study: StudyRecord, trial: TrialRecord, address: Address, tab: str
) -> Component:
    image = address.query.get("image", "")
    epochs = epochs_frame(context.store, study.id, numbers=[trial.number])
    curve = graph("trial-curve", curves_figure(epochs), 360)
    chosen = dmc.NumberInput(
        id="trial-image",
        label="Validation image",
        description="empty for the most confident error",
        value=int(image) if image.isdecimal() and len(image) < 10 else "",
        min=0,
        allowDecimal=False,
        debounce=400,
        w=240,
    )
    seen = dcc.Loading(dmc.Box(id="trial-inside", mih=120), type="dot", delay_show=300)
    panels = {
        "layers": layers(Architecture.from_dict(trial.architecture)),
        "curve": curve,
        "inside": dmc.Stack([chosen, seen]),
        "recipe": dmc.Stack([recipe(trial), surroundings(context.store, study)]),
    }
    heads = dmc.TabsList([dmc.TabsTab(name, value=value) for value, name in _TABS.items()])
    shown = [dmc.TabsPanel(each, value=name, pt="md") for name, each in panels.items()]
    return dmc.Tabs([heads, *shown], id="trial-tab", value=tab, keepMounted=False)


def _doing(context: Context, study: StudyRecord, trial: TrialRecord) -> Component:
    commands = dmc.Stack(
        [
            _command(f"sizewise {word} {study.name} {trial.number}", why)
            for word, why in (
                ("repeat", "trains it again and compares every epoch"),
                ("export", "writes a folder that runs without sizewise"),
            )
        ],
        gap=4,
    )
    text = dmc.Textarea(
        id="trial-note",
        label="Note",
        value=trial.note or "",
        autosize=True,
        maxRows=8,
        readOnly=context.read_only,
    )
    buttons = [
        dmc.Button("Save note", id="trial-note-save", variant="default"),
        dmc.Button("Export", id="trial-export"),
    ]
    told = [dmc.Text(id="trial-note-told", size="sm"), dmc.Text(id="trial-export-told", size="sm")]
    shown = [] if context.read_only else [dmc.Group(buttons)]
    return dmc.Paper(dmc.Stack([text, *shown, *told, commands]), withBorder=True, p="md")


def _command(text: str, why: str) -> Component:
    copy = dcc.Clipboard(content=text, title=f"Copy: {text}", style={"cursor": "pointer"})
    return dmc.Group([dmc.Code(text), copy, dmc.Text(why, size="sm", c="dimmed")], gap="xs")


def wire(app: Dash, context: Context) -> None:
    """Draw the curve, look inside when asked, keep notes, export."""
    exports = Exports(context.store)

    @app.callback(
        Output("trial-curve", "figure"),
        Input("trial-tick", "n_intervals"),
        State("trial-name", "data"),
        prevent_initial_call=True,
    )
    def draw(_: int | None, name: list[Any]) -> Any:
        study = context.store.study(name[0])
        epochs = epochs_frame(context.store, study.id, numbers=[int(name[1])])
        return dressed(curves_figure(epochs))

    @app.callback(
        Output("trial-inside", "children"),
        Input("trial-image", "value"),
        State("trial-name", "data"),
    )
    def look(image: float | str | None, name: list[Any]) -> Component:
        place = int(image) if isinstance(image, (int, float)) else None
        try:
            return inside(context.store, context.store.study(name[0]), int(name[1]), place)
        except InputError as error:
            return dmc.Alert(str(error), color="orange", variant="light")

    @app.callback(
        Output("trial-note-told", "children"),
        Input("trial-note-save", "n_clicks"),
        State("trial-note", "value"),
        State("trial-name", "data"),
        prevent_initial_call=True,
    )
    def save(_: int | None, text: str | None, name: list[Any]) -> str:
        _refuse_if(context.read_only)
        note(context.store, str(name[0]), str(text or ""), int(name[1]))
        return "Saved."

    @app.callback(
        Output("trial-export-tick", "disabled"),
        Input("trial-export", "n_clicks"),
        State("trial-name", "data"),
        prevent_initial_call=True,
    )
    def export(_: int | None, name: list[Any]) -> bool:
        _refuse_if(context.read_only)
        exports.start(context.store.study(str(name[0])).name, int(name[1]))
        return False

    @app.callback(
        Output("trial-export-told", "children"),
        Output("trial-export-tick", "disabled", allow_duplicate=True),
        Input("trial-export-tick", "n_intervals"),
        State("trial-name", "data"),
        State("trial-export-told", "children"),
        prevent_initial_call=True,
    )
    def exported(_: int | None, name: list[Any], seen: str | None) -> tuple[Any, bool]:
        told, over = exports.state(str(name[0]), int(name[1]))
        return (no_update if told == (seen or "") else told), over

    app.clientside_callback(
        ClientsideFunction("trial", "addressed"),
        Input("trial-tab", "value"),
        Input("trial-image", "value"),
        prevent_initial_call=True,
    )


def _refuse_if(read_only: bool) -> None:
    if read_only:
        raise PreventUpdate
