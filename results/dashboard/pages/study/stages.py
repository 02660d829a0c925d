"""Which choices good networks take: a line through all dimensions of the space for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import plotly.graph_objects as go

from space.errors import InputError

from .... import columns
from ....bridges.points import points_of, space_of
from ....frames import finished_frame
from ....front import is_front
from ....marks import ACCENT

if TYPE_CHECKING:
    import pandas as pd

    from space.dimensions import Dimension

    from ....records import StudyRecord
    from ....store import Store

_DRAWN: Final = 240
"""Trials that are drawn: the front, the most accurate, and some of the others."""
_BANDS: Final = ("#d9d9d9", "#b8cfe0", "#8fbbd9", "#5a9bc9", "#e69f00")
"""From the least accurate to the most; the last is told apart by lightness too."""


def stages_figure(store: Store, study: StudyRecord, size: str) -> tuple[go.Figure, str]:
    """Return a line for each drawn trial through its choices, and in words which are drawn.

    Args:
        store: Where the study stands.
        study: Which one.
        size: The cost of the front.

    Raises:
        InputError: No trial has finished.
    """
    space = space_of(store, study)
    trials = finished_frame(store, study.id, size).dropna()
    if space is None or trials.empty:
        raise InputError("study", "a trial must have finished to show its choices", study.name)
    front = is_front(trials[columns.ACCURACY], trials[size])
    chosen = trials.assign(front=front).iloc[_drawn(trials, front)]
    points = points_of(store, study.id)
    choices = np.array([points[number] for number in chosen[columns.NUMBER]])
    figure = _axes(space.dimensions)
    heights = choices / np.maximum([len(each.choices) - 1 for each in space.dimensions], 1)
    # Lines that take the same choices lie beside each other, not upon each other.
    heights = heights + 0.05 * (np.linspace(-0.5, 0.5, len(chosen))[:, None])
    for name, colour, width, rows in _groups(chosen):
        if len(rows):
            figure.add_trace(_lines(chosen.iloc[rows], heights[rows], name, colour, width))
    told = f"{len(chosen):,} of {len(trials):,} finished trials: the front, the most accurate, "
    return figure, f"{told}and others evenly. A line passes each choice that its network takes."


def _drawn(trials: pd.DataFrame, front: np.ndarray) -> np.ndarray:
    order = np.argsort(-trials[columns.ACCURACY].to_numpy(), kind="stable")
    others = order[_DRAWN // 2 :]
    spread = others[np.linspace(0, len(others) - 1, _DRAWN // 2).astype(int)] if len(others) else []
    kept = {*np.flatnonzero(front), *order[: _DRAWN // 2], *spread}
    return np.array(sorted(kept, key=lambda row: trials[columns.ACCURACY].iloc[row]))


def _groups(chosen: pd.DataFrame) -> list[tuple[str, str, float, np.ndarray]]:
    """Return fifths of the trials by accuracy, and the front, with how they are drawn."""
    accuracy = chosen[columns.ACCURACY].to_numpy()
    ends = np.quantile(accuracy, np.linspace(0, 1, len(_BANDS) + 1))
    band = np.clip(np.searchsorted(ends, accuracy, side="right") - 1, 0, len(_BANDS) - 1)
    front = chosen["front"].to_numpy()
    found = [
        (
            f"{ends[place]:.1%} to {ends[place + 1]:.1%}",
            colour,
            1.0,
            np.flatnonzero((band == place) & ~front),
        )
        for place, colour in enumerate(_BANDS)
    ]
    return [*found, ("on the front", ACCENT, 2.5, np.flatnonzero(front))]


def _lines(
    chosen: pd.DataFrame, heights: np.ndarray, name: str, colour: str, width: float
) -> go.Scatter:
    count, dimensions = heights.shape
    # A gap ends each line, so that one trace holds them all.
    across = np.tile([*range(dimensions), np.nan], count)
    up = np.column_stack([heights, np.full(count, np.nan)]).ravel()
    pairs = zip(chosen[columns.NUMBER], chosen[columns.ACCURACY], strict=True)
    told = [f"trial {number}: {accuracy:.2%}" for number, accuracy in pairs]
    return go.Scatter(
        x=across,
        y=up,
        mode="lines",
        name=name,
        line={"color": colour, "width": width},
        text=np.repeat(told, dimensions + 1),
        hovertemplate="%{text}<extra></extra>",
    )


def _axes(dimensions: tuple[Dimension, ...]) -> go.Figure:
    """Return an upright axis for each dimension with the names of its choices."""
    figure = go.Figure()
    marks: list[dict[str, Any]] = []
    for place, dimension in enumerate(dimensions):
        figure.add_vline(x=place, line_width=1, line_color="#8a97a5", layer="below")
        most = max(len(dimension.labels) - 1, 1)
        marks += [
            {"x": place, "y": at / most, "text": str(label), "showarrow": False, "xshift": 4}
            | {"xanchor": "left", "font_size": 10, "font_color": "white", "bgcolor": "#56606b"}
            for at, label in enumerate(dimension.labels)
        ]
    names = [each.name.replace("stages", "").replace(".layers", "") for each in dimensions]
    figure.update_layout(annotations=marks, legend={"orientation": "h", "y": 1.12})
    figure.update_xaxes(
        tickvals=list(range(len(names))), ticktext=names, showgrid=False, zeroline=False
    )
    return figure.update_yaxes(visible=False)
