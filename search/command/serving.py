"""The command that shows studies in the browser."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from .options import StoreOption

if TYPE_CHECKING:
    from results.dashboard.launcher import Launcher


def dashboard(  # noqa: PLR0913, PLR0917 - the command's options
    store: StoreOption = None,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(help="Port; 0 for any that is free.  [default: 8050, or the next free one]"),
    ] = None,
    prefix: Annotated[str, typer.Option(help="Path that a proxy has before it.")] = "/",
    token: Annotated[
        str | None,
        typer.Option(
            envvar="SIZEWISE_TOKEN",
            help="What opens it, in place of a drawn one.",
            show_default=False,
        ),
    ] = None,
    no_token: Annotated[
        bool, typer.Option("--no-token", help="Open it to all users of this machine.")
    ] = False,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Show only: nothing is started, stopped or noted.")
    ] = False,
    address: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Start searches on a Ray cluster: its dashboard, http://HEAD:8265.",
            show_default=False,
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            help="A further name that it is called by, such as a proxy's.", show_default=False
        ),
    ] = None,
) -> None:
    """Show the studies of a store in the browser, live."""
    from results import open_store
    from results.dashboard.serving import Serving, serve
    from search.launching import ProcessLauncher
    from search.terminal.views import console

    opened, out = open_store(store), console()
    opened.studies()
    launcher: Launcher = ProcessLauncher(opened)
    if address is not None:
        # It brings Ray, which takes seconds.
        from search.launching.cluster import ClusterLauncher

        launcher = ClusterLauncher(opened, address)
    how = Serving(host, port, prefix, token, no_token, tuple(allow_host or ()), read_only)

    def tell(url: str) -> None:
        out.print("Dashboard   ", end="", highlight=False)
        out.print(url, soft_wrap=True, highlight=False, markup=False)
        out.print("Ctrl-C ends it; studies run on.", highlight=False)

    # Ctrl-C and a service manager's TERM end it alike, also where a shell has INT ignored.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
    try:
        serve(opened, how, tell, launcher)
    except KeyboardInterrupt:
        out.print("Ended.")
