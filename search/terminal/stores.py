"""What the commands for stores print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from rich.markup import escape

from results import columns

from .tables import frame_table
from .views import console, print_json, records, short_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from results.keeping.disk import Prunable
    from results.store.upgrade import Upgraded


_LISTED = (
    columns.STUDY,
    columns.STATE,
    columns.ENDED_TRIALS,
    columns.RUNNING_TRIALS,
    columns.ACCURACY,
    columns.FRONT,
    columns.DATA,
    columns.TAGS,
    columns.CREATED,
)


def print_studies(studies: pd.DataFrame, *, as_json: bool) -> None:
    """Print the studies of a store; as JSON with their notes."""
    if as_json:
        print_json(records(studies))
        return
    if studies.empty:
        console().print("No studies yet.")
        return
    created = studies[columns.CREATED].dt.strftime("%Y-%m-%d %H:%M")
    state = studies[columns.STATE].where(
        ~studies[columns.ARCHIVED], studies[columns.STATE] + ", archived"
    )
    shown = studies.assign(**{columns.CREATED: created, columns.STATE: state})
    empty = [name for name in (columns.RUNNING_TRIALS, columns.TAGS) if not shown[name].any()]
    names = [name for name in _LISTED if name not in empty]
    console().print(frame_table(shown, names))


def print_upgraded(upgraded: Upgraded) -> None:
    """Print from which version to which a store came, and where its backup lies."""
    out = console()
    if upgraded.old == upgraded.new:
        out.print(f"The store has schema {upgraded.new} already.", highlight=False)
        return
    if upgraded.backup is not None:
        out.print(f"Kept the store as it was: {short_path(upgraded.backup)}", highlight=False)
    out.print(f"Upgraded from schema {upgraded.old} to {upgraded.new}.", highlight=False)


def print_soundness(found: Sequence[str]) -> None:
    """Print what is wrong with a store, or that nothing is."""
    out = console()
    for line in found:
        out.print(f"[red]wrong[/red]  {escape(line)}", highlight=False)
    if not found:
        out.print("sound")


def print_usage(usage: pd.DataFrame, *, as_json: bool) -> None:
    """Print what each study takes on the disk, and all together."""
    if as_json:
        print_json(records(usage))
        return
    sizes = list(columns.USAGE)[1:]
    whole = usage[sizes].sum().to_frame().T.assign(**{columns.STUDY: "all"})
    shown = pd.concat([usage, whole]) if len(usage) > 1 else usage
    shown = shown.assign(**{name: shown[name].map(file_size) for name in sizes})
    console().print(frame_table(shown, list(shown.columns)))


def print_pruned(found: Prunable, *, done: bool) -> None:
    """Print which weights were removed, or would be."""
    told = f"weights of {len(found.files):,} trials, {file_size(found.size)}"
    out = console()
    if not found.files:
        out.print(f"Nothing to remove: the weights of {found.kept:,} trials are needed.")
    elif done:
        out.print(f"Removed the {told}; kept those of {found.kept:,}.", highlight=False)
    else:
        out.print(f"Would remove the {told}, and keep those of {found.kept:,}.", highlight=False)
        out.print("Add --yes to do it.", style="dim")


def file_size(size: float) -> str:
    """Return bytes as a person reads them: ``512 B``, ``3.4 kB``, ``12.0 MB``."""
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size:.0f} B"


def print_saved(rows: int, table: str, to: str) -> None:
    """Print how much of a study was written where."""
    console().print(f"Wrote {rows:,} rows of {table} to {to}.", highlight=False, markup=False)


def print_backup(path: Path) -> None:
    """Print where a copy of a store lies."""
    told = f"Wrote {short_path(path)} ({file_size(path.stat().st_size)})."
    console().print(told, highlight=False)
