"""Commands for a Ray cluster elsewhere: submit, jobs, logs and stop."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from space.errors import InputError

from .options import JsonOption, NameOption, TrialsOption, WorkersOption

AddressOption = Annotated[
    str,
    typer.Option(
        "--address",
        envvar="RAY_API_SERVER_ADDRESS",
        metavar="URL",
        help="The cluster's dashboard: http://HEAD:8265.",
        show_default=False,
    ),
]
JobOrStudy = Annotated[
    str,
    typer.Argument(
        metavar="JOB", help="Id of a job, or name of its study; its latest job.", show_default=False
    ),
]


def submit(  # noqa: PLR0913  each is an option
    address: AddressOption,
    job: Annotated[
        str | None,
        typer.Argument(metavar="JOB", help="A job file (YAML), or: digits.", show_default=False),
    ] = None,
    *,
    resume: Annotated[
        str | None,
        typer.Option(metavar="STUDY", help="Go on with a study instead.", show_default=False),
    ] = None,
    study: NameOption = None,
    trials: TrialsOption = None,
    workers: WorkersOption = None,
    store: Annotated[
        str | None,
        typer.Option(
            envvar="SIZEWISE_STORE",
            metavar="URL",
            help="PostgreSQL store; by default that of the cluster's SIZEWISE_STORE.",
            show_default=False,
        ),
    ] = None,
    runs: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder for weights and plots, shared by all nodes; by default the cluster's "
            "SIZEWISE_RUNS, or ~/runs on its head.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Send a search to a Ray cluster, where it runs whole."""
    from search.job_file import override, read_job
    from search.submitting import Surroundings, submit_resume
    from search.submitting import submit as submit_job
    from search.terminal.jobs import print_sent

    where = Surroundings(store, runs)
    if (job is None) == (resume is None):
        raise InputError("JOB", "either a job or --resume STUDY must be given", job)
    if job is None:
        sent = submit_resume(address, str(resume), where)
    else:
        stem, read = read_job(job, elsewhere=True)
        changes = {"study": study, "budget.trials": trials, "run.workers": workers}
        sent = submit_job(address, stem, override(read, changes), where)
    print_sent(sent, address)


def jobs(address: AddressOption, as_json: JsonOption = False) -> None:
    """List the searches that were sent to a cluster."""
    from search.submitting import sent_jobs
    from search.terminal.jobs import print_jobs

    print_jobs(sent_jobs(address), as_json=as_json)


def logs(
    job: JobOrStudy,
    address: AddressOption,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until it ends.")] = False,
) -> None:
    """Show what a search on a cluster has printed."""
    from search.submitting import logs as read_logs

    try:
        for piece in read_logs(address, job, follow=follow):
            typer.echo(piece, nl=False)
    except KeyboardInterrupt:
        typer.echo("\nThe search goes on.", err=True)


def stop(job: JobOrStudy, address: AddressOption) -> None:
    """Let a search on a cluster finish its running epochs, save, and end."""
    from search.submitting import stop as stop_job
    from search.terminal.jobs import print_stopped

    print_stopped(stop_job(address, job), address)
