"""How fronts grew, drawn: of one study, or of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from plotly.subplots import make_subplots

from .. import columns
from ..marks import DASHES, LINES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import plotly.graph_objects as go
    from numpy.typing import NDArray

_MOST: Final = 1_000
"""Corners that a line keeps: it is drawn no wider than a screen."""
_AXES: Final = {
    columns.TRIALS_ENDED: "trials",
    columns.EPOCHS_SPENT: "epochs",
    columns.SECONDS_SPENT: "minutes",
}


def growth_figure(growths: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Return the hypervolume against trials, epochs and minutes, side by side.

    Args:
        growths: What `results.growth.growth_frame` gives, by the names of the studies.
    """
    figure = make_subplots(1, len(_AXES), shared_yaxes=True, horizontal_spacing=0.03)
    for number, (name, growth) in enumerate(growths.items()):
        kept = growth.iloc[_corners(growth[columns.HYPERVOLUME].to_numpy())]
        for place, (column, caption) in enumerate(_AXES.items(), 1):
            told = f"{name}: %{{y:.2%}} after %{{x:,.4~g}} {caption}<extra></extra>"
            figure.add_scatter(
                x=kept[column] / (60 if column == columns.SECONDS_SPENT else 1),
                y=kept[columns.HYPERVOLUME],
                mode="lines",
                line={"color": LINES[number], "dash": DASHES[number], "shape": "hv", "width": 2},
                hovertemplate=told,
                row=1,
                col=place,
            )
    for place, caption in enumerate(_AXES.values(), 1):
        figure.update_xaxes(title=caption, rangemode="tozero", col=place)
    figure.update_yaxes(tickformat=".3~p", title="hypervolume", col=1)
    return figure.update_layout(showlegend=False)


def _corners(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return where a line of steps rises, its ends, and no more than so many."""
    rises = np.flatnonzero(np.diff(values, prepend=-1.0))
    places = np.unique([*rises, *range(max(len(values) - 1, 0), len(values))]).astype(np.int64)
    return places[np.unique(np.linspace(0, len(places) - 1, min(_MOST, len(places))).astype(int))]
