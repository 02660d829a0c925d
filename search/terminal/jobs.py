"""Searches on a cluster as a person reads them in a terminal."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table

from .progress import clock
from .views import console, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..submitting import SentJob


def print_sent(job: SentJob, address: str) -> None:
    """Print what a job that was just sent is called, and what to type next."""
    console().print(f"Sent as {job.id}; its study is [bold]{job.study}[/bold].", highlight=False)
    _print_next(
        address,
        (f"sizewise logs {job.study} --follow", "see how it goes"),
        (f"sizewise stop {job.study}", "finish the running epochs, save, and end"),
        ("sizewise jobs", "all searches on the cluster"),
    )


def print_jobs(jobs: list[SentJob], *, as_json: bool) -> None:
    """Print the searches on a cluster, the latest last."""
    if as_json:
        print_json([asdict(job) for job in jobs])
    elif jobs:
        console().print(_table(jobs))
    else:
        console().print("No search was sent to this cluster.")


def print_stopped(states: Iterable[SentJob], address: str) -> None:
    """Print that a search is stopping, and then how it ended."""
    out = console()
    for job in states:
        if not job.over:
            told = f"Stopping {job.study}: its running epochs are finished and saved…"
            out.print(told, highlight=False)
            continue
        out.print(f"The job {job.id} is over ({job.state}).", highlight=False)
        _print_next(address, (f"sizewise submit --resume {job.study}", "go on where it stopped"))


def _table(jobs: list[SentJob]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("job", "study", "state", "started", "time"):
        table.add_column(name, header_style="dim", no_wrap=True)
    now = time.time()
    for job in jobs:
        started = job.started or now
        told = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(started))
        table.add_row(job.id, job.study, job.state, told, clock((job.ended or now) - started))
    return table


def _print_next(address: str, *commands: tuple[str, str]) -> None:
    out = console()
    out.print("\nNext", style="bold")
    for command, purpose in commands:
        out.print(f"  {command} --address {address}  [dim]{purpose}[/dim]", highlight=False)
