"""The command that takes a network away."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from .options import StoreOption, StudyArgument, TrialArgument


def export(  # noqa: PLR0913, PLR0917 - each is an option of the command
    study: StudyArgument,
    trial: TrialArgument = None,
    max_params: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Take the most accurate trial of at most N params.",
            show_default=False,
        ),
    ] = None,
    min_accuracy: Annotated[
        float | None,
        typer.Option(
            metavar="A",
            help="Take the smallest trial of at least this accuracy, such as 0.98.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write.  [default: runs/STUDY/exports/TRIAL]", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
    check: Annotated[
        bool,
        typer.Option("--check/--no-check", help="Compare every form with the trained network."),
    ] = True,
    licence: Annotated[
        str, typer.Option(metavar="TEXT", help="Of network and weights, for the card.")
    ] = "not stated",
    store: StoreOption = None,
) -> None:
    """Write a folder that runs without sizewise, in every form, and check that all agree.

    Without a number, the most accurate trial of the front is taken.
    """
    from results import open_store
    from search.taking import export_network
    from search.terminal.exports import print_export, telling

    with telling() as tell:
        report = export_network(
            open_store(store),
            study,
            trial,
            max_params=max_params,
            min_accuracy=min_accuracy,
            destination=to,
            force=force,
            check=check,
            licence=licence,
            tell=tell,
        )
    print_export(report)
