"""Interactive figures: pure functions from frames to Plotly figures."""

from __future__ import annotations

import math
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from . import columns
from .marks import (
    ACCENT,
    CAPTIONS,
    FAILED,
    GRID,
    INK,
    JUDGED,
    NOTHING,
    ON_FRONT,
    SOFT,
    Mark,
    amount,
    ceiling,
    floor,
    heights,
    judged,
    legend,
    margins,
    marked,
    percent,
    placed,
    short_number,
    spread,
    staircase,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

# Up to here the browser draws sharper as vectors; beyond, it needs the graphics card.
_MANY = 2_000
# Width and height of a name beside a mark, as shares of a picture.
_NAME = (0.045, 0.045)
# Sizes that span less than this need marks between the powers of ten.
_NARROW = 1_000


def front_figure(
    frame: pd.DataFrame,
    size: str = columns.PARAMS,
    *,
    title: str = "",
    finalists: pd.DataFrame | None = None,
    drawn: NDArray[np.bool_] | None = None,
) -> go.Figure:
    """Return accuracy against size with the front as a staircase.

    Pointing at a trial shows its number, accuracy in percent, costs and architecture.

    Args:
        frame: As `results.frames.trials_frame` gives it.
        size: The cost on the horizontal axis: one of `columns.SIZES`.
        title: The first line above the picture.
        finalists: As `Study.finalists` gives it: those stand at their mean with its 95 % interval,
            and the front goes through those that were not demoted.
        drawn: Which trials get a mark besides the front and the finalists, where there are too
            many; all are counted.
    """
    drawn = None if drawn is None else drawn[frame[size].notna()]
    frame = judged(placed(frame, size), finalists)
    kinds = marked(frame, size)
    low = floor(frame, kinds)
    stairs = staircase(frame, kinds, size)
    names = _names(stairs, size, frame, low) if len(stairs) else {}
    traces = [_staircase(stairs, size)] if len(stairs) else []
    for mark, mask in kinds.items():
        group = frame[mask if drawn is None or mark in JUDGED else mask & drawn]
        traces.append(_points(mark, group, size, low, names) | {"name": legend(mark, kinds)})
    layout = _layout(title or "Accuracy for its size", summary(len(frame), kinds))
    accuracy = {"tickformat": ".4~p", "range": _range(frame, low)}
    layout["xaxis"] = _axis(CAPTIONS[size]) | log_ticks(frame[size])
    layout["yaxis"] = _axis("validation accuracy") | accuracy
    # In one go: Plotly takes its time over every change of a figure.
    return go.Figure(traces, layout)


def curves_figure(epochs: pd.DataFrame, column: str = columns.ACCURACY) -> go.Figure:
    """Return a column of the epochs against the epoch, one line a trial.

    Args:
        epochs: As `results.frames.epochs_frame` gives it.
        column: What to show: one of `columns.CURVES`.
    """
    figure = go.Figure()
    for number, curve in epochs.groupby(columns.NUMBER):
        hover = f"trial {number}<br>epoch %{{x}}: %{{y}}<extra></extra>"
        trace = go.Scattergl if len(epochs) > _MANY else go.Scatter
        shown = {"x": curve[columns.EPOCH], "y": curve[column], "hovertemplate": hover}
        figure.add_trace(
            trace(**shown, mode="lines+markers", name=f"trial {number}", line_width=1.5)
        )
    figure.update_layout(_layout("Learning curves", ""))
    figure.update_xaxes(_axis("epoch"))
    figure.update_yaxes(_axis(column.replace("_", " ")))
    if column == columns.ACCURACY:
        figure.update_yaxes(tickformat=".4~p")
    return figure


def _staircase(front: pd.DataFrame, size: str) -> dict[str, Any]:
    line = {"color": ACCENT, "width": 2, "shape": "hv"}
    look = {"mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False}
    return {"type": "scatter", "x": front[size], "y": front[columns.ACCURACY], **look}


def _names(front: pd.DataFrame, size: str, frame: pd.DataFrame, low: float) -> dict[int, str]:
    """Return the names of members of a front by number, the ends first, none upon another."""
    across = np.log(front[size].to_numpy(dtype=np.float64))
    up = front[columns.ACCURACY].to_numpy()
    ends = np.log(frame[size].min()), np.log(frame[size].max())
    room = np.array([ends[1] - ends[0], ceiling(frame) - low]) * _NAME
    named: list[int] = []
    for at in spread(len(front)):
        gaps = np.abs(np.stack([across[named] - across[at], up[named] - up[at]]))
        if (gaps >= room[:, None]).any(axis=0).all():
            named.append(at)
    numbers = front[columns.NUMBER].to_numpy()
    return {int(numbers[at]): f"#{numbers[at]}" for at in named}


def _points(
    mark: Mark, group: pd.DataFrame, size: str, low: float, names: Mapping[int, str]
) -> dict[str, Any]:
    edge = (
        {"color": "white", "width": 1.5}
        if mark.edge == "white"
        else {"width": 1.5 * (mark.face == NOTHING)}
    )
    look = {"symbol": mark.symbol, "color": mark.colour, "opacity": mark.opacity}
    look |= {"size": mark.diameter + 3, "line": edge}
    shown: dict[str, Any] = {"x": group[size], "y": group[columns.ACCURACY], "marker": look}
    if mark is FAILED:
        shown["y"] = heights(mark, group, low)
    if margins(group).any():
        shown["error_y"] = {"array": margins(group), "color": mark.colour, "thickness": 1.2}
    if mark in ON_FRONT:
        shown["text"] = [names.get(number, "") for number in group[columns.NUMBER]]
        shown |= {"textposition": "top left", "textfont": {"size": 11, "color": ACCENT}}
    shown |= {"hovertext": hover_texts(group), "hoverinfo": "text"}
    shown["mode"] = "markers+text" if mark in ON_FRONT else "markers"
    if len(group) > _MANY:
        return {"type": "scattergl", **shown}
    return {"type": "scatter", "cliponaxis": False, **shown}


def hover_texts(frame: pd.DataFrame) -> list[str]:
    """Return what pointing at each trial shows, as lines of Plotly's markup."""
    wanted = [columns.NUMBER, columns.STATE, columns.ACCURACY, columns.PARAMS, columns.MACS]
    wanted += [columns.LATENCY_MS, columns.OUTLINE, columns.REASON]
    # A frame of numbers alone has no texts.
    rows = zip(*(frame.get(name, [""] * len(frame)) for name in wanted), strict=True)
    return [_hover(*row) for row in rows]


def _hover(  # noqa: PLR0913, PLR0917 - the columns of one row
    number: int,
    state: str,
    accuracy: float,
    params: int,
    macs: int,
    latency_ms: float,
    outline: str,
    reason: object,
) -> str:
    lines = [f"<b>trial {number}</b>, {state}"]
    lines += [] if math.isnan(accuracy) else [f"<b>{percent(accuracy)}</b>"]
    latency = "" if math.isnan(latency_ms) else f" · {amount(latency_ms)} ms"
    lines.append(f"{params:,} params · {macs:,} macs{latency}")
    lines += wrap(outline, 56) if outline else []
    told = wrap(reason, 56) if isinstance(reason, str) and reason else []
    lines += [f"<i>{escape(line)}</i>" for line in told]
    return "<br>".join(lines)


def _layout(title: str, subtitle: str) -> dict[str, Any]:
    second = f"<br><span style='font-size:13px;color:{SOFT}'>{subtitle}</span>" if subtitle else ""
    heading = {"text": f"<b>{title}</b>{second}", "x": 0.0, "xref": "paper", "xanchor": "left"}
    return {
        "title": heading | {"font": {"size": 19}, "yref": "container", "y": 0.95},
        "template": "none",
        "font": {"family": "Inter, Helvetica, Arial, sans-serif", "size": 13, "color": INK},
        "margin": {"l": 80, "r": 30, "t": 90, "b": 70},
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.0, "yanchor": "bottom"},
        "hoverlabel": {"bgcolor": "white", "bordercolor": SOFT, "align": "left"},
        "plot_bgcolor": "white",
    }


def _axis(caption: str) -> dict[str, Any]:
    look = {"gridcolor": GRID, "linecolor": SOFT, "ticks": "outside", "tickcolor": SOFT}
    return look | {"title": {"text": caption, "standoff": 12}, "zeroline": False, "showline": True}


def _range(frame: pd.DataFrame, low: float) -> list[float]:
    high = ceiling(frame)
    room = 0.08 * max(high - low, 0.01)
    return [low - room / 4, high + room]


def log_ticks(sizes: pd.Series[Any]) -> dict[str, Any]:
    """Return an axis with marks at powers of ten, and at 2 and 5 where there would be few."""
    low, high = (float(sizes.min()), float(sizes.max())) if len(sizes) else (1.0, 10.0)
    steps = (1, 2, 5) if high < _NARROW * low else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [float(step * 10**power) for power in powers for step in steps]
    return {"type": "log", "tickvals": ticks, "ticktext": [short_number(each) for each in ticks]}
