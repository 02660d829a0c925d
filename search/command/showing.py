"""Commands that lay networks side by side, and a study before a colleague."""

# Commands import what they need when they are called, so that --help answers at once.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from .options import JsonOption, StoreOption, StudyArgument


def compare(
    study: StudyArgument,
    trials: Annotated[
        list[int], typer.Argument(metavar="TRIALS", help="Two to six trials.", show_default=False)
    ],
    html: Annotated[
        Path | None, typer.Option(help="File to write the same to, as a page.", show_default=False)
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lay trials side by side: layers, curves, and which images changed sides.

    The first is held against each of the others. Test images count once the finals opened them.
    """
    from results import Study, open_store
    from results.pages import write_comparison
    from search.terminal.comparing import print_comparison
    from search.terminal.views import console, short_path

    opened = Study(open_store(store), study)
    compared = opened.compare(*trials)
    print_comparison(compared, as_json=as_json)
    if html is not None:
        path = write_comparison(opened, compared, html)
        if not as_json:
            console().print(f"\nPage   {short_path(path)}", highlight=False)


def report(
    study: StudyArgument,
    to: Annotated[
        Path | None,
        typer.Option(help="File to write.  [default: runs/STUDY/report.html]", show_default=False),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write a study as one page for a colleague: it holds all that it needs."""
    from results import Study, open_store
    from results.pages import write_report
    from search.terminal.views import console, short_path

    opened = Study(open_store(store), study)
    path = write_report(opened, to or opened.store.folder(study) / "report.html")
    size = path.stat().st_size / 1e3
    console().print(f"Wrote {short_path(path)}, {size:,.0f} kB.", highlight=False)
