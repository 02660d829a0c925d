"""Trials side by side in the terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table

from results import columns
from space import comparison as layers

from .tables import frame_table
from .views import console, print_json, records

if TYPE_CHECKING:
    from results.comparing import Comparison, Pairing, Sides

TRIALS = [
    columns.NUMBER,
    columns.STATE,
    columns.ACCURACY,
    columns.PARAMS,
    columns.MACS,
    columns.ACTIVATION_BYTES,
    columns.EPOCHS,
    columns.OUTLINE,
]
EPOCHS, IMAGES = 8, 15


def print_comparison(comparison: Comparison, *, as_json: bool) -> None:
    """Print trials, curves, and the first of them beside each other one."""
    if as_json:
        print_json(_document(comparison))
        return
    out = console()
    out.print(frame_table(comparison.trials, TRIALS, f"Trials of {comparison.study}"))
    out.print()
    out.print(_curves(comparison))
    for pair in comparison.pairs:
        out.print(f"\n[bold]Trial {pair.one} and trial {pair.other}[/bold]")
        print(layers.text(pair.changes), end="")  # noqa: T201  aligned already; rich would wrap it
        for sides in (pair.validation, pair.test):
            if sides is not None:
                out.print(_answers(sides, pair, comparison.class_names), highlight=False)
    for note in comparison.notes:
        out.print(note, style="dim")


def _curves(comparison: Comparison) -> Table:
    """Return the accuracy of each trial at some epochs."""
    table = Table(title="Validation accuracy", title_justify="left", title_style="bold", box=None)
    table.add_column("epoch", justify="right", header_style="dim")
    by_epoch = comparison.curves.pivot_table(
        index=columns.EPOCH, columns=columns.NUMBER, values=columns.ACCURACY
    )
    numbers = list(comparison.trials[columns.NUMBER])
    for number in numbers:
        table.add_column(f"#{number}", justify="right", header_style="dim")
    step = max(1, -(-len(by_epoch) // EPOCHS))
    for epoch, row in by_epoch.iloc[::-1].iloc[::step].iloc[::-1].iterrows():
        values = (row.get(number) for number in numbers)
        told = ("" if value is None or value != value else f"{value:.2%}" for value in values)  # noqa: PLR0124  nan
        table.add_row(str(epoch), *told)
    return table


def _answers(sides: Sides, pair: Pairing, names: tuple[str, ...]) -> str:
    one, other = sides.accuracies
    lines = [
        f"{sides.images:,} {sides.part} images: {one:.2%} and {other:.2%} right",
        f"  only trial {pair.one}   {len(sides.lost)}{_places(sides.lost)}",
        f"  only trial {pair.other}   {len(sides.won)}{_places(sides.won)}",
        f"  McNemar's exact test: p = {sides.chance:.3g}"
        + (", so that the difference may be chance" if sides.chance >= 0.05 else ""),
    ]
    changes = [
        f"{_name(names, row)} for {_name(names, column)} {more:+d}"
        for row, column, more in sides.largest_changes()
    ]
    return "\n".join([*lines, *([f"  taken for: {', '.join(changes)}"] if changes else [])])


def _places(places: tuple[int, ...]) -> str:
    if not places:
        return ""
    shown = ", ".join(map(str, places[:IMAGES]))
    return f"   images {shown}{', …' if len(places) > IMAGES else ''}"


def _name(names: tuple[str, ...], number: int) -> str:
    return names[number] if names else str(number)


def _document(comparison: Comparison) -> dict[str, Any]:
    return {
        "study": comparison.study,
        "trials": records(comparison.trials),
        "curves": records(comparison.curves),
        "pairs": [_pair(pair) for pair in comparison.pairs],
        "notes": list(comparison.notes),
    }


def _pair(pair: Pairing) -> dict[str, Any]:
    told = {"one": pair.one, "other": pair.other, "changes": list(map(asdict, pair.changes))}
    return told | {"validation": _sides(pair.validation), "test": _sides(pair.test)}


def _sides(sides: Sides | None) -> dict[str, Any] | None:
    if sides is None:
        return None
    return {
        "images": sides.images,
        "accuracies": sides.accuracies,
        "lost": sides.lost,
        "won": sides.won,
        "chance": sides.chance,
        "confusion": sides.confusion.tolist(),
    }
