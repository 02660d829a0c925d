"""What an export wrote and what its check measured, as a person reads it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.table import Table

from .views import console, short_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from results import ExportReport
    from results.export import Check


@contextmanager
def telling() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done, where there is a terminal to show it on."""
    with console().status("reading the data") as status:
        yield status.update


def print_export(report: ExportReport) -> None:
    """Print which trial was taken, how each form compares with it, and what to do next."""
    out, folder = console(), short_path(report.folder)
    out.print(
        f"[bold]{report.study} trial {report.number}[/bold]  {report.params:,} params  "
        f"recorded accuracy {report.recorded:.2%}",
        highlight=False,
    )
    if report.check is None:
        out.print("Not checked: no form was compared with the trained network.")
    else:
        out.print()
        out.print(_forms(report.check))
    for note in report.notes:
        out.print(f"\n{note}", highlight=False)
    out.print(f"\nWrote {folder}: {', '.join(report.files)}", highlight=False)
    out.print(
        f"Read {folder}/card.md; check it anywhere by `python {folder}/model.py`.", style="dim"
    )


def _forms(check: Check) -> Table:
    caption = (
        f"on {check.images:,} validation images; the largest logit is {check.largest_logit:.3g}"
    )
    table = Table(box=None, pad_edge=False, caption=caption, caption_justify="left")
    table.add_column("form", header_style="dim")
    for name in ("bytes", "largest difference", "accuracy"):
        table.add_column(name, justify="right", header_style="dim")
    for row in check.forms:
        numbers = f"{row.bytes:,}", f"{row.largest_difference:.1e}", f"{row.accuracy:.2%}"
        table.add_row(row.form, *numbers)
    return table
