"""Commands that train: run, resume and repeat."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from .options import (
    JobArgument,
    NameOption,
    StoreOption,
    StudyArgument,
    TrialsOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from results import Store, StudyRecord

INTERRUPTED = 130

RayOption = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="RAY",
        help="local, auto or HOST:PORT, in place of the job's.",
        show_default=False,
    ),
]


def run(  # noqa: PLR0913  each is an option
    job: JobArgument,
    *,
    study: NameOption = None,
    trials: TrialsOption = None,
    workers: WorkersOption = None,
    address: RayOption = None,
    store: StoreOption = None,
) -> None:
    """Search as a job says, and show the front of accuracy against size."""
    from results import open_store
    from search.job_file import override, read_job
    from search.session import run as run_job
    from search.terminal.progress import watch

    stem, read = read_job(job)
    changes = {
        "study": study,
        "budget.trials": trials,
        "run.workers": workers,
        "run.address": address,
    }
    read = override(read, changes)
    opened = open_store(store)
    free = opened.next_name(stem)
    if read.study is None and free != stem:
        typer.echo(f"The study {stem} stands in the store already; this one is called {free}.")
    if "latency_ms" in read.search.sizes:
        typer.echo(
            "First latency is measured of some 50 networks: seconds, or minutes if they are large."
        )
    with told_plainly():
        _close(opened, run_job(read, opened, name=free, watch=watch))


def resume(study: StudyArgument, address: RayOption = None, store: StoreOption = None) -> None:
    """Go on with a study that was interrupted or killed."""
    from results import open_store
    from search.session import resume as resume_study
    from search.terminal.progress import watch

    opened = open_store(store)
    with told_plainly():
        _close(opened, resume_study(study, opened, address=address, watch=watch))


def repeat(
    study: StudyArgument,
    trial: Annotated[int, typer.Argument(help="Number of a trial.", show_default=False)],
    store: StoreOption = None,
) -> None:
    """Train a trial again and compare every epoch with its record, to the last bit."""
    from results import open_store
    from search.repeating import repeat_trial
    from search.terminal.views import print_repeated

    repeated = repeat_trial(open_store(store), study, trial)
    print_repeated(repeated)
    if not repeated.equal:
        raise typer.Exit(1)


@contextmanager
def told_plainly() -> "Iterator[None]":
    """End with one message where a person or its surroundings end a training."""
    from search.trouble import Trouble

    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Stopped at once. Finished trials are kept; see `sizewise list`.", err=True)
        sys.exit(INTERRUPTED)
    except Trouble as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(1)


def _close(store: "Store", study: "StudyRecord") -> None:
    """Show what a study found and what to type next."""
    from results import Study
    from search.terminal.summary import summarise

    summarise(Study(store, study.name))
    if study.state == "interrupted":
        sys.exit(INTERRUPTED)
