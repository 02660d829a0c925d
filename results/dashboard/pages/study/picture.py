"""The picture of a study in the colours of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ....figures import front_figure
from ...themes import dressed

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import plotly.graph_objects as go
    from numpy.typing import NDArray

# The light blue of Okabe and Ito's palette: the front's own is dark on dark.
_FRONT: Final = "#56b4e9"


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
    figure.update_layout(dragmode="select", selectdirection="any")
    if dark:
        figure.update_traces(textfont_color=_FRONT, selector={"mode": "markers+text"})
    return dressed(figure, dark=dark)
