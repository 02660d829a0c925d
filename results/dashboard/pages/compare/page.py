"""The page of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from .... import columns
from ....comparing import compare
from ....frames import epochs_frame
from ....marks import LINES, amount, percent
from ....study import Study
from ...graphs import graph
from ...listing import listing
from ...network import drawn, key
from .figures import costs, curves
from .sides import answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from space.comparison import Change

    from ....comparing import Pairing
    from ...address import Address
    from ...context import Context

path: Final = "/compare"
title: Final = ""
_SMALL: Final = {"l": 40, "r": 20, "t": 30, "b": 10}
_FACTS: Final = (columns.ACCURACY, *columns.SIZES, columns.EPOCHS, columns.SECONDS)


def layout(context: Context, address: Address) -> Component:
    """Return the comparison that the address names.

    Raises:
        InputError: There is no such study or trial, or there are too few or too many trials.
    """
    study = Study(context.store, address.query.get("study", ""))
    numbers = address.numbers("trials")
    comparison = compare(study, numbers, images=False)
    epochs = epochs_frame(context.store, study.record.id, numbers=numbers)
    return dmc.Stack(
        [
            _head(context, study.name, numbers),
            _facts(context, study.name, comparison.trials),
            graph(
                "compare-costs", costs(comparison.trials), 200, margin=_SMALL, displayModeBar=False
            ),
            _section("Networks", *(_network(study, number) for number in numbers), key()),
            _section("Layers", *(_changes(pair) for pair in comparison.pairs)),
            _section("Learning curves", graph("compare-curves", curves(epochs, numbers), 380)),
            _section(
                "Images that changed sides",
                dmc.Group([dmc.Button("Compare answers", id="compare-ask", variant="default")]),
                dcc.Loading(dmc.Box(id="compare-sides", mih=40), type="dot", delay_show=300),
            ),
            dcc.Store(id="compare-name", data=[study.name, numbers]),
        ]
    )


def _head(context: Context, name: str, numbers: Sequence[int]) -> Component:
    link = dcc.Link(name, href=context.href("/study", name=name))
    told = ", ".join(map(str, numbers))
    asked = dmc.TextInput(
        id="compare-trials",
        label="Trials",
        description="numbers with commas; the others are compared with the first",
        value=told,
        debounce=True,
        w=360,
    )
    return dmc.Group(
        [dmc.Title([link, f", trials {told}"], order=1, size="h2"), asked], justify="space-between"
    )


def _facts(context: Context, name: str, trials: pd.DataFrame) -> Component:
    """Return what is known of each trial, and by how much it differs from the first."""
    rows = trials.to_dict("records")
    numbers = [int(row[columns.NUMBER]) for row in rows]
    heads: list[Component | str] = [
        "",
        *(_trial(context, name, numbers, at) for at in range(len(rows))),
    ]
    texts = [
        [told, *(str(row[each]) for row in rows)]
        for told, each in (("state", columns.STATE), ("network", columns.OUTLINE))
    ]
    values = [
        [
            each.replace("_", " "),
            _fact(each, rows[0][each]),
            *(_fact(each, row[each], rows[0][each]) for row in rows[1:]),
        ]
        for each in _FACTS
        if trials[each].notna().any()
    ]
    return listing(heads, [*texts, *values], width=200 + 180 * len(rows))


def _trial(context: Context, name: str, numbers: Sequence[int], at: int) -> Component:
    """Return the head of a column: the trial, and what else may become of it here."""
    links = [
        dcc.Link(
            f"trial {numbers[at]}", href=context.href("/trial", study=name, number=numbers[at])
        )
    ]
    others = [each for each in numbers if each != numbers[at]]
    changes = {"make first": [numbers[at], *others]} if at else {}
    changes |= {"remove": others} if len(numbers) > 2 else {}
    links += [
        dcc.Link(word, href=context.href(path, study=name, trials=",".join(map(str, left))))
        for word, left in changes.items()
    ]
    colour = html.Span(className="key", style={"background": LINES[at]})
    return dmc.Group([colour, *links], gap="sm")


def _fact(name: str, value: Any, first: Any = None) -> str:
    """Return a value in words, with its difference from that of the first where both are known."""
    if pd.isna(value):
        return ""
    told = percent(value) if name == columns.ACCURACY else amount(value)
    if pd.isna(first):
        return told
    more = value - first
    if name == columns.ACCURACY:
        return f"{told}  ({100 * more:+.2f} points)"
    return f"{told}  ({'+' if more >= 0 else '-'}{amount(abs(more))})"


def _network(study: Study, number: int) -> Component:
    parts = [dmc.Text(f"trial {number}", fw=600, size="sm"), drawn(study.architecture(number))]
    return dmc.Paper(parts, withBorder=True, p="md")


def _changes(pair: Pairing) -> Component:
    """Return the layers of two networks, aligned, with what each change costs."""
    heads = ("", f"trial {pair.one}", f"trial {pair.other}", "params", "macs", "sees")
    kinds = ["" if each.kind == "kept" else each.kind for each in pair.changes]
    rows = [
        (kind, each.before, each.after, *map(_more, _costs(each)))
        for kind, each in zip(kinds, pair.changes, strict=True)
    ]
    totals = (sum(each) for each in zip(*map(_costs, pair.changes), strict=True))
    foot = ("in all", "", "", *map(_more, totals))
    return listing(heads, rows, numbers={3, 4, 5}, foot=foot, kinds=kinds, striped=True, width=640)


def _costs(change: Change) -> tuple[int, int, int]:
    return change.params, change.macs, change.receptive_field


def _more(cost: int) -> str:
    return f"{cost:+,}" if cost else "0"


def _section(name: str, *parts: Component) -> Component:
    return dmc.Stack([dmc.Title(name, order=2, size="h4"), *parts], gap="xs", mt="md")


def wire(app: Dash, context: Context) -> None:
    """Answer when asked, and go where the person types."""

    @app.callback(
        Output("compare-sides", "children"),
        Input("compare-ask", "n_clicks"),
        State("compare-name", "data"),
        prevent_initial_call=True,
    )
    def ask(_: int | None, name: list[Any]) -> Component:
        study = Study(context.store, str(name[0]))
        return answered(compare(study, [int(each) for each in name[1]]))

    app.clientside_callback(
        ClientsideFunction("compare", "asked"),
        Output("location", "search"),
        Input("compare-trials", "value"),
        State("compare-name", "data"),
        prevent_initial_call=True,
    )
