"""What an exported network takes pictures for, as a person reads it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from trainers.data import printable

from .views import console, print_json

if TYPE_CHECKING:
    from results.export import Predictions

# Columns of the longest class name up to which several stand well in one line.
_SHORT = 16


def print_predictions(predictions: Predictions, top: int, *, as_json: bool) -> None:
    """Print the ``top`` likeliest classes of each picture; unreadable ones go to the errors."""
    if as_json:
        print_json(predictions.to_dict(top))
        return
    if len(predictions):
        console().print(_table(predictions, top))
    for each in predictions.unreadable:
        print(f"Unreadable: {printable(each.image)}: {printable(each.reason)}", file=sys.stderr)  # noqa: T201


def _table(predictions: Predictions, top: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("image", overflow="fold")
    table.add_column("class", overflow="fold", style="bold")
    table.add_column("probability", justify="right", no_wrap=True)
    if top > 1:
        table.add_column("next likeliest", overflow="fold")
    longest = max(cell_len(printable(name)) for name in predictions.class_names)
    between = ", " if longest <= _SHORT else "\n"
    for name, likely in zip(predictions.names, predictions.likeliest(top), strict=True):
        (told, share), *others = likely
        following = between.join(f"{printable(other)} ({each:.2%})" for other, each in others)
        cells = [printable(name), printable(told), f"{share:.2%}"]
        table.add_row(*map(Text, [*cells, following] if top > 1 else cells))
    return table
