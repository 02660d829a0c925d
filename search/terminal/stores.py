"""What the commands for stores print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from .views import console, short_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from results.store.upgrade import Upgraded


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


def print_backup(path: Path) -> None:
    """Print where a copy of a store lies."""
    told = f"Wrote {short_path(path)} ({path.stat().st_size / 1e6:.1f} MB)."
    console().print(told, highlight=False)
