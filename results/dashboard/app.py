"""The application: a shell with navigation and theme, and the page that the address names."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from flask import Flask, Response, request

from space.errors import InputError

from . import shell
from .address import Address, read_address
from .context import Context
from .pages import pages_of
from .snapshots import Snapshots

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from ..store import Store
    from .launcher import Launcher
    from .page import Page

_TITLE = "sizewise"
_FRESH = 0.5
"""Seconds; pages look at their studies every two."""
_PLOTLY = "_dash-component-suites/plotly/package_data/plotly.min.js"
_KEPT = 300
"""Seconds; what was fetched early need not be asked for again when a chart comes."""


def create_app(
    store: Store,
    *,
    prefix: str = "/",
    read_only: bool = False,
    launcher: Launcher | None = None,
) -> Dash:
    """Return the dashboard of a store; its ``server`` is a WSGI application.

    All assets are served by the application itself; a page asks nobody else for anything.

    Args:
        store: What the pages show.
        prefix: What the dashboard stands behind, with slashes at both ends.
        read_only: Whether pages only show.
        launcher: Starts and stops searches; without one there are no pages for that.
    """
    launcher = None if read_only else launcher
    context = Context(store, prefix, Snapshots(store, fresh=_FRESH), read_only, launcher)
    app = Dash(
        __name__,
        title=_TITLE,
        update_title="",
        requests_pathname_prefix=prefix,
        routes_pathname_prefix=prefix,
        serve_locally=True,
        compress=True,
        suppress_callback_exceptions=True,
    )
    app.index_string = app.index_string.replace("<html>", '<html lang="en">')
    _fetch_early(app, prefix)
    app.layout = shell.frame(context)
    shell.wire(app)
    for page in pages_of(context):
        page.wire(app, context)

    @app.callback(
        Output("page", "children"),
        Output("navigation", "children"),
        Input("location", "pathname"),
        Input("location", "search"),
    )
    def show(pathname: str | None, search: str | None) -> tuple[Component, list[Component]]:
        address = read_address(pathname, search, prefix)
        links = shell.links(context, address.path)
        try:
            return dmc.Stack(_page(context, address.path).layout(context, address)), links
        except InputError as error:
            return shell.explain(context, error), links

    _lay_out_newest(context)
    return app


def _fetch_early(app: Dash, prefix: str) -> None:
    """Let a browser fetch early what draws charts: half of all it fetches, and Dash's last wish.

    No preload: browsers complain of one where no chart follows.
    """
    early = f'<link rel="prefetch" as="script" href="{prefix}{_PLOTLY}">'
    app.index_string = app.index_string.replace("</head>", f"{early}</head>")
    server: Flask = app.server

    @server.after_request
    def keep(response: Response) -> Response:
        # A refusal must not be kept.
        if response.status_code == 200 and request.path.endswith(_PLOTLY):
            response.cache_control.private = True
            response.cache_control.max_age = _KEPT
        return response


def _lay_out_newest(context: Context) -> None:
    """Read what is likely looked at first, and import what draws it, before anybody waits."""
    studies = context.store.studies()
    if studies:
        newest = max(studies, key=lambda study: study.changed)
        page = _page(context, "/study")
        # What is wrong with it, its page explains to who asks for it.
        with suppress(InputError):
            page.layout(context, Address(page.path, {"name": newest.name}))


def _page(context: Context, path: str) -> Page:
    for page in pages_of(context):
        if page.path == path:
            return page
    raise InputError("address", "must be a page of the dashboard", path)
