"""The command that checks an installation."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

import typer

from .options import JsonOption, StoreOption


def doctor(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Check versions, devices, the store, and that a Ray worker starts."""
    from dataclasses import asdict

    from search.doctor import examine
    from search.terminal.views import console, print_json

    checks = []
    for check in examine(store):
        checks.append(check)
        if not as_json:
            mark = "[green]ok[/green]  " if check.well else "[red]wrong[/red]"
            console().print(f"{mark}  {check.name:<14} {check.found}", highlight=False)
    if as_json:
        print_json([asdict(check) for check in checks])
    if not all(check.well for check in checks):
        raise typer.Exit(1)
