"""The page that starts a search: a form, the job that it says, and what its space holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
import yaml
from dash import ALL, Dash, Input, Output, State, dcc, no_update

from space.errors import InputError

from ...spoken import LIVE
from .form import FIELDS, LONG, MONOSPACE, field_of, form, said, values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash.development.base_component import Component

    from ...address import Address
    from ...context import Context
    from ...launcher import Launcher

path: Final = "/launch"
title: Final = "Launch"
_FIRST: Final = "digits"
_FIELD: Final = {"type": "launch-field", "field": ALL}


def layout(context: Context, address: Address) -> Component:
    """Return the form, filled from a study or an example that the address names.

    Raises:
        InputError: There is no such study or example.
    """
    launcher = context.searches
    job = _job(context, launcher, address)
    *short, space = form(launcher.schema(), job)
    sections = dmc.SimpleGrid(short, cols={"base": 1, "xs": 2, "lg": 4}, spacing="sm")
    buttons = dmc.Group(
        [
            dmc.Button(f"Start on {launcher.place}", id="launch-start", disabled=True),
            dmc.Text(id="launch-told", size="sm", **LIVE),
        ]
    )
    whole = dmc.Textarea(
        id="launch-yaml",
        label="The job",
        description="what runs; paste another one here and take it into the form",
        autosize=True,
        minRows=6,
        maxRows=24,
        styles=MONOSPACE,
    )
    census = dcc.Loading(
        dmc.Code(id="launch-census", block=True, mih=120), type="dot", delay_show=300
    )
    right = [
        dmc.Text("What the space holds", fw=500, size="sm"),
        census,
        whole,
        dmc.Group([dmc.Button("Take into the form", id="launch-take", variant="default")]),
    ]
    return dmc.Stack(
        [
            dmc.Title("Launch a search", order=1, size="h2"),
            _examples(context, launcher),
            sections,
            buttons,
            dmc.SimpleGrid([space, dmc.Stack(right, gap="xs")], cols={"base": 1, "lg": 2}),
            dcc.Store(id="launch-base", data=job),
            dcc.Store(id="launch-job"),
        ]
    )


def _job(context: Context, launcher: Launcher, address: Address) -> dict[str, Any]:
    if name := address.query.get("from"):
        return {**context.store.study(name).job, "study": None}
    examples = launcher.examples()
    return dict(examples[address.choice("example", _FIRST, examples)])


def _examples(context: Context, launcher: Launcher) -> Component:
    links = [dcc.Link(name, href=context.href(path, example=name)) for name in launcher.examples()]
    return dmc.Group([dmc.Text("Begin with", size="sm", c="dimmed"), *links], gap="md")


def wire(app: Dash, context: Context) -> None:
    """Check as the person types, count, and start."""
    launcher = context.searches
    _wire_checks(app, launcher)
    _wire_start(app, launcher, context)

    @app.callback(
        Output(_FIELD, "value"),
        Output("launch-base", "data"),
        Output("launch-told", "children", allow_duplicate=True),
        Input("launch-take", "n_clicks"),
        State("launch-yaml", "value"),
        prevent_initial_call=True,
    )
    def take(_: int | None, job: str | None) -> tuple[Any, Any, str]:
        try:
            document = yaml.safe_load(job or "")
        except yaml.YAMLError as error:
            return [no_update] * len(FIELDS), no_update, f"The job must be YAML: {error}"
        if not isinstance(document, dict):
            return [no_update] * len(FIELDS), no_update, "The job must be a mapping of fields."
        return values(document), document, ""


def _wire_checks(app: Dash, launcher: Launcher) -> None:
    @app.callback(
        Output(_FIELD, "error"),
        Output("launch-yaml", "value"),
        Output("launch-told", "children"),
        Output("launch-start", "disabled"),
        Output("launch-job", "data"),
        Input(_FIELD, "value"),
        State("launch-base", "data"),
    )
    def check(filled: list[Any], base: dict[str, Any]) -> tuple[Any, ...]:
        job = _written(said(base, filled))
        try:
            launcher.check(job)
        except InputError as error:
            # Beside its field, or below all where the form has none for it.
            place = field_of(error.field)
            beside = [str(error) if each.path == place else None for each in FIELDS]
            return beside, job, "" if place else str(error), True, None
        return [None] * len(FIELDS), job, "", False, job

    @app.callback(
        Output("launch-census", "children"),
        Input("launch-job", "data"),
        prevent_initial_call=True,
    )
    def count(job: str | None) -> str:
        return "Not known while something is wrong." if job is None else launcher.census(job)


def _wire_start(app: Dash, launcher: Launcher, context: Context) -> None:
    @app.callback(
        Output("location", "pathname"),
        Output("location", "search"),
        Output("launch-told", "children", allow_duplicate=True),
        Input("launch-start", "n_clicks"),
        State("launch-job", "data"),
        prevent_initial_call=True,
    )
    def start(clicks: int | None, job: str | None) -> tuple[Any, Any, str]:
        if not clicks or job is None:
            return no_update, no_update, ""
        try:
            name = launcher.start(job)
        except InputError as error:
            return no_update, no_update, str(error)
        pathname, _, query = context.href("/jobs", name=name).partition("?")
        return pathname, f"?{query}", ""


def _written(job: Mapping[str, Any]) -> str:
    """Return a job as a person would write it: its name first, its space last."""
    first, last = ("study", "data"), (LONG,)
    names = [*first, *(name for name in job if name not in {*first, *last}), *last]
    ordered = {name: job[name] for name in names if name in job}
    return yaml.safe_dump(ordered, sort_keys=False, default_flow_style=None, width=110)
