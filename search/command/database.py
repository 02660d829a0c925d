"""Commands for the store as a database: upgrade, check and backup."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from .options import StoreOption

db = typer.Typer(help="Upgrade, check and back up a store.", no_args_is_help=True)


@db.command("upgrade")
def upgrade(store: StoreOption = None) -> None:
    """Bring a store of an earlier version to this one.

    An SQLite store is copied to a file beside it first. Of a PostgreSQL store make a dump before,
    by pg_dump.
    """
    from results.store.upgrade import upgrade as upgrade_store
    from search.terminal.stores import print_upgraded

    print_upgraded(upgrade_store(store))


@db.command("check")
def check(store: StoreOption = None) -> None:
    """Say whether a store is sound; else what is wrong, with exit code 1.

    Tables, the file itself, what points where, and counts that must agree.
    """
    from results.store.soundness import unsound
    from search.terminal.stores import print_soundness

    found = unsound(store)
    print_soundness(found)
    if found:
        raise typer.Exit(1)


@db.command("backup")
def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A file to write.", show_default=False)
    ],
    store: StoreOption = None,
) -> None:
    """Copy an SQLite store into a file that opens as a store itself, while it is in use."""
    from results.store.backup import backup as back_up
    from search.terminal.stores import print_backup

    print_backup(back_up(store, file))
