"""The picture of a study in the colours of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...figures import front_figure

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import plotly.graph_objects as go
    from numpy.typing import NDArray

# The last is the light blue of Okabe and Ito's palette: the front's own is dark on dark.
_DARK = {"ink": "#c9d1d9", "grid": "#3a3f45", "card": "#25262b", "front": "#56b4e9"}


def picture(
    frame: pd.DataFrame,
    size: str,
    marks: NDArray[np.bool_],
    finalists: pd.DataFrame,
    *,
    dark: bool,
) -> go.Figure:
    """Return accuracy against size to brush in.

    Args:
        frame: The numbers of all trials.
        size: The cost on the horizontal axis.
        marks: Which trials are drawn.
        finalists: As `results.finals.finalists_frame` gives it.
        dark: Whether the page is dark.
    """
    figure = front_figure(frame, size, finalists=finalists, drawn=marks)
    # The page says what the study is called, and how many trials it has.
    changes: dict[str, Any] = {"title": None, "dragmode": "select", "selectdirection": "any"}
    changes |= {"margin": {"l": 70, "r": 20, "t": 40, "b": 55}}
    changes |= {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
    if dark:
        axis = {"gridcolor": _DARK["grid"], "linecolor": _DARK["ink"], "tickcolor": _DARK["ink"]}
        changes |= {"font_color": _DARK["ink"], "hoverlabel_bgcolor": _DARK["card"]}
        figure.update_traces(textfont_color=_DARK["front"], selector={"mode": "markers+text"})
        figure.update_xaxes(axis).update_yaxes(axis)
    return figure.update_layout(changes)
