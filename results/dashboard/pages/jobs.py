"""Searches that were started here, and what they print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, no_update

from space.errors import InputError

from ... import columns
from ...overview import studies_frame
from ..listing import listing
from ..spoken import LIVE, label
from .studies import badge, best

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from dash.development.base_component import Component

    from ..address import Address
    from ..context import Context
    from ..launcher import Launched

path: Final = "/jobs"
title: Final = "Jobs"
_EVERY: Final = 2_000
"""Milliseconds between looks at processes and logs."""
_ACTIONS: Final = {"type": "jobs-do", "what": ALL, "study": ALL}


def layout(context: Context, address: Address) -> Component:
    """Return all searches that were started here, and the log of the one that the address names."""
    launcher = context.searches
    name = address.query.get("name", "")
    if name and name not in {one.study for one in launcher.launched()}:
        raise InputError("name", "must be a search that was started here", name)
    log = dmc.Code(launcher.log(name) if name else "", id="jobs-log", block=True, mah="60vh")
    shown = (
        [dmc.Title(f"What {name} prints", order=2, size="h4"), log]
        if name
        else [dmc.Box(log, display="none")]
    )
    return dmc.Stack(
        [
            dmc.Title(f"Jobs on {launcher.place}", order=1, size="h2"),
            dmc.Box(listed(context, found(context)), id="jobs-list"),
            dmc.Text(id="jobs-told", size="sm", **LIVE),
            *shown,
            dcc.Store(id="jobs-name", data=name),
            dcc.Store(id="jobs-seen"),
            dcc.Interval(id="jobs-tick", interval=_EVERY),
        ]
    )


def found(context: Context) -> list[tuple[Launched, dict[Hashable, Any] | None]]:
    """Return what was started here with the row of its study, None before there is one."""
    frame = studies_frame(context.store, archived=True)
    known = {row[columns.STUDY]: row for row in frame.to_dict("records")}
    return [(one, known.get(one.study)) for one in context.searches.launched()]


def listed(
    context: Context, jobs: Sequence[tuple[Launched, dict[Hashable, Any] | None]]
) -> Component:
    """Return a table of what was started here, the newest first."""
    if not jobs:
        link = dcc.Link("Launch the first one", href=context.href("/launch"))
        return dmc.Alert([link, "."], title="No search was started here yet", variant="light")
    heads = ("search", "state", "started", "trials", "best", "")
    rows = [_row(context, one, row) for one, row in jobs]
    return listing(heads, rows, width=640, verticalSpacing="xs")


def _row(
    context: Context, one: Launched, row: dict[Hashable, Any] | None
) -> tuple[Component | str, ...]:
    state = _state(one, row)
    name: Component = dmc.Text(one.study)
    trials = accuracy = ""
    if row is not None:
        name = dcc.Link(one.study, href=context.href("/study", name=one.study))
        trials, accuracy = f"{row[columns.ENDED_TRIALS]:,}", best(row[columns.ACCURACY])
    links = [dcc.Link("log", href=context.href(path, name=one.study))]
    if row is not None:
        links.append(dcc.Link("repeat", href=context.href("/launch", **{"from": one.study})))
    buttons = {"running": ["stop"], "starting": ["stop"], "interrupted": ["resume"]}.get(state, [])
    return (
        name,
        badge(state),
        f"{one.started:%Y-%m-%d %H:%M} UTC",
        trials,
        accuracy,
        dmc.Group([*links, *(_button(each, one.study) for each in buttons)], gap="sm"),
    )


def _button(what: str, study: str) -> Component:
    id_ = {**_ACTIONS, "what": what, "study": study}
    return dmc.Button(
        what.capitalize(), id=id_, size="compact-sm", variant="default", **label(f"{what} {study}")
    )


def _state(one: Launched, row: dict[Hashable, Any] | None) -> str:
    """Return what became of a search: of one whose process died early only the log tells."""
    if one.doing:
        return "starting" if row is None else "running"
    if row is None:
        return "failed"
    state = str(row[columns.STATE])
    return "interrupted" if state == "running" else state


def wire(app: Dash, context: Context) -> None:
    """Keep list and log true, and do what the buttons say."""
    launcher = context.searches

    # Only where something changed: a button that is drawn anew under the pointer misses its click.
    @app.callback(
        Output("jobs-list", "children"),
        Output("jobs-seen", "data"),
        Input("jobs-tick", "n_intervals"),
        Input("jobs-told", "children"),
        State("jobs-seen", "data"),
    )
    def refresh(_: int | None, __: str | None, seen: str | None) -> tuple[Any, Any]:
        try:
            jobs = found(context)
        except InputError as error:
            return dmc.Alert(str(error), color="orange", variant="light"), str(error)
        now = repr([(one, row and sorted(map(str, row.values()))) for one, row in jobs])
        return (no_update, no_update) if now == seen else (listed(context, jobs), now)

    @app.callback(
        Output("jobs-log", "children"),
        Input("jobs-tick", "n_intervals"),
        State("jobs-name", "data"),
        State("jobs-log", "children"),
        prevent_initial_call=True,
    )
    def follow(_: int | None, name: str, seen: str | None) -> Any:
        try:
            told = launcher.log(name) if name else ""
        except InputError:
            return no_update
        return no_update if told == (seen or "") else told

    @app.callback(
        Output("jobs-told", "children"),
        Input(_ACTIONS, "n_clicks"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None]) -> Any:
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return no_update
        what, study = str(ctx.triggered_id["what"]), str(ctx.triggered_id["study"])
        try:
            {"stop": launcher.stop, "resume": launcher.resume}[what](study)
        except (InputError, KeyError) as error:
            return str(error)
        ends = f"{study} finishes its running epochs, keeps all that was reported, and ends."
        return ends if what == "stop" else f"{study} goes on."
