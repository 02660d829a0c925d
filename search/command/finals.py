"""The command that trains the front again and opens the test images."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

import sys
from typing import Annotated

import typer

from .options import JsonOption, StoreOption, StudyArgument, WorkersOption
from .searching import INTERRUPTED, RayOption, told_plainly


def finals(  # noqa: PLR0913  each is an option
    study: StudyArgument,
    *,
    confidence: Annotated[
        float | None, typer.Option(help="Of each verdict.  [default: 0.95]", show_default=False)
    ] = None,
    cap: Annotated[
        int | None,
        typer.Option(help="Trainings of a network at most.  [default: 8]", show_default=False),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            help="Trainings of each network that is left, for the test.  [default: 3]",
            show_default=False,
        ),
    ] = None,
    workers: WorkersOption = None,
    address: RayOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the front again with fresh seeds, then open the test images once.

    Members whose place was luck are demoted. What was trained is kept: the same command goes on
    after Ctrl-C, and once the test images were opened it shows what was found.
    """
    from results import Study, open_store
    from search.finals import hold_finals
    from search.terminal.finals import Lines, print_finals

    opened = open_store(store)
    rules = {"confidence": confidence, "cap": cap, "seeds": seeds}
    changes = {"run.workers": workers, "run.address": address}
    lines = None if as_json else Lines()
    with told_plainly():
        ended = hold_finals(study, opened, rules=rules, changes=changes, begin=lines)
    print_finals(Study(opened, study), ended=ended, as_json=as_json)
    if not ended:
        sys.exit(INTERRUPTED)
