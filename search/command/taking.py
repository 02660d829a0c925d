"""The command that takes a network away."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from .options import StoreOption, StudyArgument, TrialArgument


def export(
    study: StudyArgument,
    trial: TrialArgument = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write.  [default: runs/STUDY/exports/TRIAL]", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
    store: StoreOption = None,
) -> None:
    """Write a folder that runs without sizewise, and check that it gives the same answers.

    Without a number, the most accurate trial of the front is taken.
    """
    from results import open_store
    from search.taking import export_network
    from search.terminal.views import print_export

    print_export(export_network(open_store(store), study, trial, to=to, force=force))
