"""Small tables: heads, rows, and which columns are numbers."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from dash.development.base_component import Component

    Cells = Sequence[Component | str]


def listing(  # noqa: PLR0913  each is one part of a table
    heads: Cells,
    rows: Iterable[Cells],
    *,
    numbers: Collection[int] = (),
    foot: Cells | None = None,
    kinds: Sequence[str] = (),
    width: int = 0,
    **look: Any,
) -> Component:
    """Return a table, which scrolls sideways within itself where the page is narrower.

    Args:
        heads: Of the columns.
        rows: Their cells.
        numbers: The columns that stand at the right.
        foot: A last row, such as totals.
        kinds: A class for each row, to be coloured by.
        width: What it needs at least, in pixels.
        look: Further properties of the table.
    """
    named = zip_longest(rows, kinds, fillvalue="")
    body = [_row(cells, numbers, kind) for cells, kind in named]
    head = dmc.TableThead(
        dmc.TableTr([dmc.TableTh(each, ta=_side(at, numbers)) for at, each in enumerate(heads)])
    )
    parts = [head, dmc.TableTbody(body)]
    parts += [] if foot is None else [dmc.TableTfoot(_row(foot, numbers))]
    table = dmc.Table(parts, **{"verticalSpacing": 4, **look})
    return dmc.TableScrollContainer(table, minWidth=width) if width else table


def _row(cells: Cells, numbers: Collection[int], kind: str = "") -> Component:
    told = [dmc.TableTd(each, ta=_side(at, numbers)) for at, each in enumerate(cells)]
    return dmc.TableTr(told, className=kind)


def _side(column: int, numbers: Collection[int]) -> Any:
    return "right" if column in numbers else None
