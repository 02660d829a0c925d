"""The dashboard on a port of this machine, by a server made for it."""

from __future__ import annotations

import gc
import logging
import secrets
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from waitress.server import create_server

from space.errors import InputError

from .app import create_app
from .guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..store import Store
    from .launcher import Launcher

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_THREADS: Final = 8
_TAKEN: Final = 20
"""Ports that are tried from the usual one on."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a dashboard stands and who may come.

    Args:
        host: The address that it listens at.
        port: Its port; None for the first free one from 8050 on, 0 for any.
        prefix: What a proxy has before it, with slashes at both ends.
        token: What opens it; None to draw one.
        no_token: Open it to all who reach it, which loopback alone allows.
        hosts: Further names that it may be called by.
        read_only: Whether pages only show.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    prefix: str = "/"
    token: str | None = None
    no_token: bool = False
    hosts: tuple[str, ...] = ()
    read_only: bool = False


def serve(
    store: Store,
    how: Serving,
    tell: Callable[[str], None],
    launcher: Launcher | None = None,
) -> None:
    """Serve the dashboard until it is interrupted.

    Args:
        store: What the pages show.
        how: Where, and for whom.
        tell: Called once with the address to open, when it answers.
        launcher: Starts and stops searches; without one there are no pages for that.

    Raises:
        InputError: The prefix is none, the port is taken, or everybody could come in.
    """
    _check(how)
    token = None if how.no_token else how.token or secrets.token_urlsafe(24)
    app = create_app(store, prefix=how.prefix, read_only=how.read_only, launcher=launcher)
    Guard(token, (*how.hosts, how.host), prefix=how.prefix).protect(app.server, app.csp_hashes())
    # Eight threads answer what a page asks for at once; that some wait is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    with closing(_listening(app.server, how)) as server:
        shown = "127.0.0.1" if how.host in {"0.0.0.0", "::"} else how.host  # noqa: S104
        place = f"[{shown}]" if ":" in shown else shown
        query = f"?{urlencode({'token': token})}" if token else ""
        # What is loaded by now stays: to look through all of it for garbage takes 0.3 s, each time.
        gc.freeze()
        tell(f"http://{place}:{server.effective_port}{how.prefix}{query}")
        server.run()


def _check(how: Serving) -> None:
    if not (how.prefix.startswith("/") and how.prefix.endswith("/")):
        raise InputError(
            "--prefix", "must begin and end with a slash", how.prefix, "Such as /sizewise/."
        )
    if how.no_token and how.host not in LOOPBACK:
        rule = "without a token the dashboard must stay on loopback"
        raise InputError("--no-token", rule, how.host, "Leave --no-token out, or --host.")
    if how.token is not None and len(how.token) < 8:
        raise InputError("--token", "must have 8 characters or more", how.token)


def _listening(server: object, how: Serving) -> Any:
    usual = 8050
    wanted = range(usual, usual + _TAKEN) if how.port is None else [how.port]
    for port in wanted:
        try:
            return create_server(server, host=how.host, port=port, threads=_THREADS, ident=None)
        except OSError as error:
            told = error.strerror or str(error)
        except ValueError as error:
            raise InputError("--host", "must be an address of this machine", how.host) from error
    rule = f"must be a free port of this machine ({told})"
    raise InputError("--port", rule, wanted[-1], "Give another one, or 0 for any that is free.")
