"""The application: a shell with navigation and theme, and the page that the address names."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from flask import request

from space.errors import InputError

from . import shell
from .address import read_address
from .context import Context
from .pages import pages_of
from .snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash.development.base_component import Component

    from ..store import Store
    from .address import Address
    from .launcher import Launcher
    from .page import Page

_TITLE = "sizewise"
_FRESH = 0.5
"""Seconds; pages look at their studies every two."""


class _Dashboard(Dash):
    """Begins with a page while the browser still reads the programs that will ask for it.

    What the page needs of the store is in memory when it is asked for.
    """

    def __init__(self, expect: Callable[[str, str], None], *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._expect = expect

    def interpolate_index(self, **parts: Any) -> Any:  # type: ignore[override]  # passed on whole
        asked = request.path, request.query_string.decode()
        Thread(target=self._expect, args=asked, daemon=True).start()
        return super().interpolate_index(**parts)


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

    def made(address: Address) -> Component:
        return _page(context, address.path).layout(context, address)

    expecting = Lock()

    def expect(pathname: str, search: str) -> None:
        if expecting.acquire(blocking=False):
            # What is wrong is told to whoever asks for the page itself.
            with suppress(Exception):
                made(read_address(pathname, search, prefix))
            expecting.release()

    app = _Dashboard(
        expect,
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
            return dmc.Stack(made(address)), links
        except InputError as error:
            return shell.explain(context, error), links

    return app


def _page(context: Context, path: str) -> Page:
    for page in pages_of(context):
        if page.path == path:
            return page
    raise InputError("address", "must be a page of the dashboard", path)
