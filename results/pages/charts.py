"""Charts inside of a page: vector graphics whose colours follow the page's, light or dark."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .. import columns
from ..marks import ACCENT, GRID, INK, LINES, SOFT
from ..plots import front_picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# What a page calls the colours of the charts.
_VARIABLES: Final = {
    INK: "ink",
    SOFT: "soft",
    GRID: "grid",
    ACCENT: "accent",
    "#ffffff": "paper",
    "#8a97a5": "muted",
}


def front_chart(trials: pd.DataFrame, size: str, finalists: pd.DataFrame) -> Markup:
    """Return accuracy against size, with the intervals of finalists."""
    figure = front_picture(trials, size, title=" ", finalists=finalists)
    return _inline(figure, "Accuracy against size")


def curves_chart(epochs: pd.DataFrame, numbers: list[int]) -> Markup:
    """Return validation accuracy against the epoch, a line for each of these trials."""
    figure = Figure(figsize=(9.6, 4.2), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1))
    figure.patch.set_alpha(0)
    axes = figure.add_subplot()
    axes.patch.set_alpha(0)
    for place, number in enumerate(numbers):
        curve = epochs[epochs[columns.NUMBER] == number]
        colour = LINES[place % len(LINES)]
        style = ("-", "--", ":")[place // len(LINES) % 3]
        drawn = curve[columns.EPOCH], curve[columns.ACCURACY]
        axes.plot(*drawn, color=colour, linestyle=style, linewidth=1.7, label=f"#{number}")
    _dress(axes)
    shown = epochs.loc[epochs[columns.NUMBER].isin(numbers), columns.ACCURACY].dropna()
    if len(shown):
        # Beginnings near chance would flatten all that follows.
        low, high = float(shown.quantile(0.25)), float(shown.max())
        axes.set_ylim(low - 0.35 * (high - low + 0.005), high + 0.06 * (high - low + 0.005))
    return _inline(figure, "Learning curves")


def _dress(axes: Axes) -> None:
    axes.set_xlabel("epoch", color=INK, fontsize=11)
    axes.set_ylabel("validation accuracy", color=INK, fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(SOFT)
    axes.tick_params(colors=INK, color=SOFT, labelsize=10)
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.4g} %"))
    style = {"frameon": False, "fontsize": 10, "labelcolor": INK}
    if axes.get_legend_handles_labels()[0]:
        axes.legend(**style, loc="lower right", ncols=4)


def _inline(figure: Figure, name: str) -> Markup:
    """Return a figure as SVG to stand in a page, its text as text, its colours as variables."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "sizewise"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    drawn = buffer.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    for colour, variable in _VARIABLES.items():
        drawn = drawn.replace(colour, f"var(--{variable})")
    head, _, rest = drawn.partition(">")
    # How wide it is, the page says.
    drawn = re.sub(r' (width|height)="[^"]*"', "", head) + ">" + rest
    drawn = drawn.replace("<svg", f'<svg role="img" aria-label="{name}" class="chart"', 1)
    return Markup(drawn)  # noqa: S704  matplotlib escapes its texts
