"""Plotly's figures as parts of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dash import dcc

from ..marks import GRID, INK, SOFT

if TYPE_CHECKING:
    from collections.abc import Mapping

    import plotly.graph_objects as go
    from dash.development.base_component import Component


_MARGIN: Final = {"l": 70, "r": 20, "t": 40, "b": 55}


def graph(
    name: str,
    figure: go.Figure,
    height: float | str,
    *,
    margin: Mapping[str, int] = _MARGIN,
    **config: Any,
) -> Component:
    """Return a figure as a part of a page.

    Args:
        name: Its id.
        figure: As the page shows it.
        height: In pixels, or as style sheets say it.
        margin: Room around it in pixels, by side.
        config: What Plotly is told besides.
    """
    told: Any = {"displaylogo": False, "responsive": True, **config}
    return dcc.Graph(
        id=name,
        figure=dressed(figure, margin=margin),
        config=told,
        style={"height": height},
    )


def dressed(figure: go.Figure, *, margin: Mapping[str, int] = _MARGIN) -> go.Figure:
    """Return a figure that is see-through and without its title, which the page says.

    Ink and lines are those of the light theme; the style sheet sees to the dark one, so that a
    switch asks nobody.
    """
    axis = {"gridcolor": GRID, "linecolor": SOFT, "tickcolor": SOFT, "zeroline": False}
    figure.update_xaxes(axis).update_yaxes(axis)
    return figure.update_layout(
        font_color=INK,
        hoverlabel_bgcolor="white",
        title=None,
        margin=margin,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
