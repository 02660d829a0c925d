"""How searches of a recorded table are printed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table as Grid

from results.marks import amount

from ..replay.compare import SHARES
from ..replay.goals import middles
from .views import console, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..replay import Table
    from ..replay.compare import Compared
    from ..replay.goals import Compared as Pursuits


def print_compared(table: Table, compared: Sequence[Compared], *, as_json: bool) -> None:
    """Print what each algorithm took, one line each."""
    if as_json:
        print_json({"table": table.name, "searches": [asdict(one) for one in compared]})
        return
    out = console()
    out.print(table.text, highlight=False)
    floor, largest = table.reference
    out.print(
        f"Hypervolume of accuracy against log size, from {floor:.2%} at {amount(largest)}; "
        "medians over the seeds.",
        style="dim",
        highlight=False,
    )
    out.print(_grid(table, compared))


def print_pursued(table: Table, pursued: Pursuits, *, as_json: bool) -> None:
    """Print what a search for a goal took, and a search for the whole front."""
    if as_json:
        print_json({"table": table.name, **asdict(pursued)})
        return
    out = console()
    out.print(table.text, highlight=False)
    out.print(f"Goal {pursued.goal}; medians over the seeds.", style="dim", highlight=False)
    grid = Grid(box=None, pad_edge=False)
    grid.add_column("pareto", header_style="dim")
    for title in ("networks to the true answer", "networks to the end", "wrong ends"):
        grid.add_column(title, justify="right", header_style="dim")
    for name, runs in (("for the goal", pursued.for_goal), ("whole front", pursued.for_front)):
        found, ended = middles(runs)
        ends = sum(one.ended is not None for one in runs)
        wrong = f"{sum(one.wrong for one in runs)} of {ends}" if ends else ""
        grid.add_row(name, _count(found), _count(ended) if ends else "", wrong)
    out.print(grid)


def _grid(table: Table, compared: Sequence[Compared]) -> Grid:
    curves = table.epochs > 1
    titles = [f"networks to {share:.0%}" for share in SHARES]
    titles += [f"epochs to {SHARES[-1]:.0%}"] if curves else []
    titles += ["hypervolume", *(["stopped", "wrongly"] if curves else [])]
    grid = Grid(box=None, pad_edge=False)
    grid.add_column("algorithm", header_style="dim")
    for title in titles:
        grid.add_column(title, justify="right", header_style="dim")
    for one in compared:
        cells = [_count(each) for each in one.networks]
        cells += [_count(one.epochs[-1])] if curves else []
        cells.append(f"{one.volume:.2%}")
        if curves:
            cells += [_count(one.stopped), "" if one.wrongly is None else f"{one.wrongly:.1%}"]
        grid.add_row(one.algorithm, *cells)
    return grid


def _count(value: float | None) -> str:
    return "never" if value is None else f"{value:,.0f}"
