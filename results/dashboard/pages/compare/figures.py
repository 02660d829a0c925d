"""Pictures of trials side by side: curves upon each other, and each cost on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plotly.subplots import make_subplots

from .... import columns
from ....figures import curves_figure
from ....marks import DASHES, LINES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import plotly.graph_objects as go

_MARKS: Final = ("circle", "square", "diamond", "triangle-up", "x", "star")
_COSTS: Final = (columns.ACCURACY, *columns.SIZES, columns.SECONDS)


def curves(epochs: pd.DataFrame, numbers: Sequence[int]) -> go.Figure:
    """Return the learning curves of trials, told apart by colour, dash and mark.

    Args:
        epochs: As `results.frames.epochs_frame` gives it.
        numbers: The trials, in the order of their colours.
    """
    figure = curves_figure(epochs)
    for trace in figure.data:
        place = numbers.index(int(trace.name.removeprefix("trial ")))
        trace.update(line={"color": LINES[place], "dash": DASHES[place], "width": 2})
        trace.update(marker={"symbol": _MARKS[place], "size": 8})
    return figure


def costs(trials: pd.DataFrame) -> go.Figure:
    """Return a small picture for accuracy and each cost that is known, a bar for each trial.

    Args:
        trials: As `results.frames.trials_frame` gives it, in the order of their colours.
    """
    known = [name for name in _COSTS if trials[name].notna().any()]
    figure = make_subplots(1, len(known), subplot_titles=[each.replace("_", " ") for each in known])
    names = [f"trial {number}" for number in trials[columns.NUMBER]]
    for place, name in enumerate(known, 1):
        form = ".2%" if name == columns.ACCURACY else ",.4~g"
        bars = {
            "x": names,
            "y": trials[name],
            "marker_color": LINES[: len(names)],
            "hovertemplate": f"%{{x}}: %{{y:{form}}}<extra></extra>",
        }
        figure.add_bar(**bars, row=1, col=place)
        ticks = {columns.ACCURACY: ".2~p", columns.SECONDS: ",.3~r"}.get(name, "~s")
        figure.update_yaxes(tickformat=ticks, col=place)
    return figure.update_layout(showlegend=False, bargap=0.3).update_xaxes(showticklabels=False)
