"""How the front grew, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from plotly.subplots import make_subplots

from .... import columns
from ....marks import ACCENT

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_MOST: Final = 1_000
"""Corners that a line keeps: it is drawn no wider than a screen."""
_AXES: Final = {
    columns.TRIALS_ENDED: "trials",
    columns.EPOCHS_SPENT: "epochs",
    columns.SECONDS_SPENT: "minutes",
}


def growth_figure(growth: pd.DataFrame) -> go.Figure:
    """Return the hypervolume against trials, epochs and minutes, side by side.

    Args:
        growth: As `results.growth.growth_frame` gives it.
    """
    kept = growth.iloc[_corners(growth[columns.HYPERVOLUME].to_numpy())]
    figure = make_subplots(1, len(_AXES), shared_yaxes=True, horizontal_spacing=0.03)
    for place, (column, caption) in enumerate(_AXES.items(), 1):
        across = kept[column] / 60 if column == columns.SECONDS_SPENT else kept[column]
        figure.add_scatter(
            x=across,
            y=kept[columns.HYPERVOLUME],
            line={"color": ACCENT, "shape": "hv", "width": 2},
            mode="lines",
            hovertemplate=f"%{{y:.2%}} after %{{x:,.4~g}} {caption}<extra></extra>",
            row=1,
            col=place,
        )
        figure.update_xaxes(title=caption, rangemode="tozero", col=place)
    figure.update_yaxes(tickformat=".3~p", title="hypervolume", col=1)
    return figure.update_layout(showlegend=False)


def _corners(values: np.ndarray) -> np.ndarray:
    """Return where a line of steps rises, its ends, and no more than so many."""
    rises = np.flatnonzero(np.diff(values, prepend=-1.0))
    places = np.unique(np.append(rises, len(values) - 1))
    chosen = np.linspace(0, len(places) - 1, min(_MOST, len(places))).astype(int)
    return places[np.unique(chosen)]
