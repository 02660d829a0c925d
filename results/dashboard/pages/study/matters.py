"""What accuracy and size hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
import pandas as pd
import plotly.graph_objects as go

from .... import columns
from ....marks import ACCENT
from ...listing import listing

if TYPE_CHECKING:
    from dash.development.base_component import Component

_SHOWN: Final = 16
"""Choices that are drawn: those that matter most."""
_SIZE: Final = "#e69f00"


def importance_figure(importance: pd.DataFrame, size: str) -> tuple[go.Figure, str]:
    """Return how much each choice tells of accuracy and of size, and in words how sure that is.

    Args:
        importance: As `results.answers.importance` gives it.
        size: The cost that it speaks of.
    """
    shown = importance.head(_SHOWN).iloc[::-1]
    figure = go.Figure()
    for column, name, colour in (
        (columns.SIZE_IMPORTANCE, size.replace("_", " "), _SIZE),
        (columns.ACCURACY_IMPORTANCE, "accuracy", ACCENT),
    ):
        figure.add_bar(
            x=shown[column].clip(lower=0),
            y=shown[columns.CHOICE],
            orientation="h",
            name=name,
            marker_color=colour,
            hovertemplate="%{y}: %{x:.3f}<extra>" + name + "</extra>",
        )
    figure.update_layout(barmode="group", legend={"orientation": "h", "y": 1.12})
    figure.update_xaxes(title="share of the variance that is lost without it", rangemode="tozero")
    figure.update_yaxes(automargin=True)
    # Below zero where the choices tell of trials held out less than the mean does: nothing.
    known = importance[[columns.ACCURACY_KNOWN, columns.SIZE_KNOWN]].iloc[0].clip(lower=0)
    return figure, (
        f"All choices together explain {known[columns.ACCURACY_KNOWN]:.0%} of the variance of "
        f"accuracy and {known[columns.SIZE_KNOWN]:.0%} of that of log {size.replace('_', ' ')} in "
        "trials held out: where that is little, importances mean little."
    )


def bought_table(bought: pd.DataFrame) -> Component:
    """Return what the parameters of each part went with.

    Args:
        bought: As `results.answers.bought` gives it.
    """
    heads = ("part", "share of params", "points for each doubling", "for 1,000 params more")
    rows = [
        (
            row[columns.PART],
            f"{row[columns.SHARE]:.1%}",
            _points(row[columns.PER_DOUBLING], row[columns.PER_DOUBLING_ERROR]),
            _points(row[columns.PER_THOUSAND]),
        )
        for row in bought.to_dict("records")
    ]
    told = "What size bought: accuracy, in points, that parameters of each part went with."
    return dmc.Stack([dmc.Text(told, size="sm", c="dimmed"), listing(heads, rows)], gap="xs")


def _points(more: Any, error: Any = None) -> str:
    if pd.isna(more):
        return ""
    return f"{100 * more:+.2f}" + ("" if error is None else f" ± {100 * error:.2f}")
