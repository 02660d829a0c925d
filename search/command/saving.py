"""The command that hands a study to other programs."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from .options import StoreOption, StudyArgument


def save(
    study: StudyArgument,
    to: Annotated[
        str,
        typer.Argument(
            metavar="TO",
            help="A file that ends in .csv, .parquet or .log (an Optuna journal), or the URL of an "
            "Optuna storage.",
            show_default=False,
        ),
    ],
    table: Annotated[
        str, typer.Option(help="What a .csv or .parquet holds: trials, epochs, front or finals.")
    ] = "trials",
    store: StoreOption = None,
) -> None:
    """Write a study for other programs: tables, or Optuna's own study."""
    from results import Study, open_store
    from search.terminal.stores import print_saved

    opened = Study(open_store(store), study)
    if "://" in to or to.endswith(".log"):
        from results.bridges.optuna_storage import save_optuna

        print_saved(save_optuna(opened, to), "trials", to)
        typer.echo(f"See it by `optuna-dashboard {to}`.")
    else:
        from results.bridges.tables import save_table

        print_saved(save_table(opened, Path(to), table), table, to)
