"""Figures in the colours of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..marks import GRID, INK

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class _Theme:
    ink: str
    grid: str
    card: str


_LIGHT: Final = _Theme(INK, GRID, "white")
_DARK: Final = _Theme("#c9d1d9", "#3a3f45", "#25262b")


WAITING: Final[dict[str, Any]] = {
    "layout": {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    }
}
"""What stands where a figure will: nothing, in either theme."""


def dressed(figure: go.Figure, *, dark: bool) -> go.Figure:
    """Return a figure as the page shows it: see-through, without its title, which the page says.

    Args:
        figure: As `results.figures` draws it, on white.
        dark: Whether the page is dark.
    """
    theme = _DARK if dark else _LIGHT
    axis = {"gridcolor": theme.grid, "linecolor": theme.ink, "tickcolor": theme.ink}
    figure.update_xaxes(axis).update_yaxes(axis)
    return figure.update_layout(
        title=None,
        margin={"l": 70, "r": 20, "t": 40, "b": 55},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font_color=theme.ink,
        hoverlabel_bgcolor=theme.card,
    )
