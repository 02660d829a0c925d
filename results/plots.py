"""Pictures as files: a PNG for a report, and a page that explains each point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from . import columns
from .files import replaced
from .marks import (
    ACCENT,
    CAPTIONS,
    GRID,
    INK,
    ON_FRONT,
    SOFT,
    Mark,
    ceiling,
    floor,
    heights,
    judged,
    legend,
    margins,
    marked,
    placed,
    short_number,
    shrink,
    spread,
    staircase,
    summary,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes


def write_front_plots(
    frame: pd.DataFrame,
    folder: Path,
    *,
    size: str = columns.PARAMS,
    title: str = "",
    finalists: pd.DataFrame | None = None,
) -> tuple[Path, Path]:
    """Write ``front.png`` and ``front.html`` and return their paths.

    The page holds all that it needs and opens without a network.

    Args:
        frame: As `results.frames.trials_frame` gives it.
        folder: Where the two files go; created where there is none.
        size: The cost on the horizontal axis: one of `columns.SIZES`.
        title: The first line above the pictures.
        finalists: As `Study.finalists` gives it, to show what finals have found.
    """
    # Plotly takes half a second to import, which a picture for a report need not wait for.
    from .figures import front_figure  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    png, html = folder / "front.png", folder / "front.html"
    with replaced(png) as path:
        picture = front_picture(frame, size, title=title, finalists=finalists)
        picture.savefig(path, dpi=160, format="png")
    page = front_figure(frame, size, title=title, finalists=finalists)
    with replaced(html) as path:
        page.write_html(path, include_plotlyjs=True, config={"displaylogo": False})
    return png, html


def front_picture(
    frame: pd.DataFrame,
    size: str = columns.PARAMS,
    *,
    title: str = "",
    finalists: pd.DataFrame | None = None,
) -> Figure:
    """Return accuracy against size with the front as a labelled staircase.

    With ``finalists`` those stand at their mean with its 95 % interval, and the front goes through
    those that were not demoted.
    """
    frame = judged(placed(frame, size), finalists)
    # A figure of its own: pyplot would keep it alive and choose a backend for the whole process.
    layout = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.12)
    figure = Figure(figsize=(9.6, 6.0), facecolor="white", layout=layout)
    axes = figure.add_subplot()
    kinds = marked(frame, size)
    low = floor(frame, kinds)
    _frame_axes(axes, frame, size, low)
    for mark, mask in kinds.items():
        group = frame[mask]
        shown = group.assign(**{columns.ACCURACY: heights(mark, group, low)})
        look = {"label": legend(mark, kinds), "s": (shrink(len(frame)) * mark.diameter) ** 2}
        _draw(axes, mark, shown, size, look)
    _head(axes, title or "Accuracy for its size", summary(len(frame), kinds))
    stairs = staircase(frame, kinds, size)
    if len(stairs):
        _staircase(axes, stairs, size)
        _label(figure, axes, stairs, size)
    return figure


def _frame_axes(axes: Axes, frame: pd.DataFrame, size: str, low: float) -> None:
    axes.set_xscale("log")
    axes.set_xlabel(CAPTIONS[size], color=INK, fontsize=11, labelpad=8)
    axes.set_ylabel("validation accuracy", color=INK, fontsize=11, labelpad=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(SOFT)
    axes.tick_params(colors=INK, labelsize=10, which="both")
    axes.tick_params(which="both", color=SOFT)
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.4g} %"))
    if len(frame):
        _size_ticks(axes, float(frame[size].min()), float(frame[size].max()))
        high = ceiling(frame)
        room = max(high - low, 0.01)
        axes.set_ylim(low - 0.03 * room, high + 0.09 * room)


def _size_ticks(axes: Axes, low: float, high: float) -> None:
    margin = max((high / low) ** 0.05, 1.1)
    # The name of the smallest member of the front stands at its left.
    axes.set_xlim(low / margin**3, high * margin)
    wide = high / low > 1000
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _head(axes: Axes, title: str, subtitle: str) -> None:
    above: dict[str, Any] = {"textcoords": "offset points", "xycoords": "axes fraction"}
    if title.strip():
        axes.annotate(title, (0, 1), (0, 50), **above, fontsize=16, fontweight="bold", color=INK)
    axes.annotate(subtitle, (0, 1), (0, 32), **above, fontsize=10.5, color=SOFT)
    handles, names = axes.get_legend_handles_labels()
    style: dict[str, Any] = {"frameon": False, "fontsize": 10, "labelcolor": INK, "ncols": 5}
    style |= {"loc": "lower left", "bbox_to_anchor": (-0.018, 0.985)}
    if handles:
        # The last drawn lies on top and is told first.
        axes.legend(handles[::-1], names[::-1], **style, columnspacing=1.4, handletextpad=0.2)


def _draw(axes: Axes, mark: Mark, group: pd.DataFrame, size: str, look: dict[str, Any]) -> None:
    look |= {"facecolors": mark.face, "edgecolors": mark.edge, "linewidths": 1.2}
    look |= {"marker": mark.marker, "alpha": mark.opacity, "zorder": 4 if mark in ON_FRONT else 2}
    axes.scatter(group[size], group[columns.ACCURACY], clip_on=False, **look)
    if margins(group).any():
        bars: dict[str, Any] = {"ecolor": mark.colour, "elinewidth": 1.1, "capsize": 2.5}
        axes.errorbar(
            group[size], group[columns.ACCURACY], margins(group), fmt="none", zorder=3, **bars
        )


def _staircase(axes: Axes, front: pd.DataFrame, size: str) -> None:
    sizes, best = front[size].to_numpy(), front[columns.ACCURACY].to_numpy()
    right, bottom = axes.get_xlim()[1], axes.get_ylim()[0]
    # Nothing smaller than the first is as good, and nothing larger than the last is better.
    steps = [sizes[0], *sizes, right], [bottom, *best, best[-1]]
    axes.step(*steps, where="post", color=ACCENT, linewidth=1.8, zorder=3)
    axes.fill_between(*steps, bottom, step="post", color=ACCENT, alpha=0.05, linewidth=0, zorder=1)


def _label(figure: Figure, axes: Axes, front: pd.DataFrame, size: str) -> None:
    """Name the members of the front, the ends first, as long as no two names touch."""
    figure.draw_without_rendering()
    taken: list[Any] = []
    for index in spread(len(front)):
        row = front.iloc[index]
        place = (row[size], row[columns.ACCURACY])
        text = f"#{row[columns.NUMBER]}  {100 * row[columns.ACCURACY]:.1f} %"
        name = axes.annotate(
            text, place, (-5, 6), textcoords="offset points", ha="right", fontsize=9, color=ACCENT
        )
        box = name.get_window_extent()
        if any(box.overlaps(other) for other in taken):
            name.remove()
        else:
            taken.append(box.expanded(1.05, 1.25))
