"""Commands that look before anything is trained: describe, census and data."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from .options import JobArgument, JsonOption


def describe(
    network: Annotated[
        str,
        typer.Argument(
            help="lenet5, keras-mnist, keras-150, or the path of an architecture.json.",
            show_default=False,
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Show a network layer by layer: shapes, params with their formula, macs, receptive field."""
    from search.taking import find_architecture
    from search.terminal.views import print_architecture

    print_architecture(find_architecture(network), as_json=as_json)


def census(job: JobArgument, as_json: JsonOption = False) -> None:
    """Count what the space of a job holds, inside its limits, before the first epoch."""
    from search.job_file import read_job
    from search.plan import prepare
    from search.terminal.views import print_census

    print_census(prepare(read_job(job)[1]).space.census(), as_json=as_json)


def data(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE_OR_JOB",
            help="digits, npz:PATH, folder:PATH, hf:NAME, python:MODULE:FUNCTION, or a job file.",
            show_default=False,
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Show the images of a job, split as a run would: counts, doubles, files left out.

    The test part is counted and searched for doubles; nothing else is done with it.
    """
    from search.carding import card_of
    from search.terminal.views import print_card

    print_card(card_of(source), as_json=as_json)
