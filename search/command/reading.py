"""Commands that read: list, show and front."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from .options import JsonOption, StoreOption, StudyArgument, TrialArgument


def list_studies(
    everything: Annotated[bool, typer.Option("--all", help="Show archived studies too.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the studies of a store."""
    from results import open_store
    from results.overview import studies_frame
    from search.terminal.stores import print_studies

    print_studies(studies_frame(open_store(store), archived=everything), as_json=as_json)


def show(
    study: StudyArgument,
    trial: TrialArgument = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a study, or one of its trials with its network and learning curve."""
    from results import Study, open_store
    from search.terminal.views import print_study, print_trial

    opened = Study(open_store(store), study)
    if trial is None:
        print_study(opened, as_json=as_json)
    else:
        print_trial(opened, trial, as_json=as_json)


def front(
    study: StudyArgument,
    size: Annotated[
        str | None,
        typer.Option(
            help="params, macs, activation_bytes, weight_bytes, or latency_ms if it was measured."
            "  [default: the study's]",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the trials that no other trial beats on both accuracy and size."""
    from results import Study, open_store
    from search.terminal.views import print_front

    print_front(Study(open_store(store), study), size, as_json=as_json)
