"""Figures in the colours of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import plotly.graph_objects as go

_DARK: Final = {"ink": "#c9d1d9", "grid": "#3a3f45", "card": "#25262b"}


def dressed(figure: go.Figure, *, dark: bool) -> go.Figure:
    """Return a figure as the page shows it: see-through, without its title, which the page says.

    Args:
        figure: As `results.figures` draws it, on white.
        dark: Whether the page is dark.
    """
    changes: dict[str, Any] = {"title": None, "margin": {"l": 70, "r": 20, "t": 40, "b": 55}}
    changes |= {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
    if dark:
        axis = {"gridcolor": _DARK["grid"], "linecolor": _DARK["ink"], "tickcolor": _DARK["ink"]}
        changes |= {"font_color": _DARK["ink"], "hoverlabel_bgcolor": _DARK["card"]}
        figure.update_xaxes(axis).update_yaxes(axis)
    return figure.update_layout(changes)
