"""Pictures of what a network does, drawn with matplotlib."""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from .data import Part
    from .insight import FeatureMap
    from .measurement import Measurement


def draw_confusion(measured: Measurement) -> Figure:
    """Draw a confusion matrix: rows are the true classes; errors stand out, right ones do not."""
    counts, class_names = measured.confusion, measured.class_names
    figure = _figure(1.6 + 0.42 * len(counts), 1.4 + 0.42 * len(counts))
    axes = figure.add_subplot()
    errors = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    axes.imshow(errors, cmap="Oranges", vmax=max(1, errors.max() * 1.5))
    for row, column in np.argwhere(counts > 0):
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=8)
    ticks = range(len(class_names))
    axes.set_xticks(ticks, class_names, rotation=90 if max(map(len, class_names)) > 2 else 0)
    axes.set_yticks(ticks, class_names)
    axes.set_xlabel("taken for")
    axes.set_ylabel("class")
    return figure


def draw_tiles(images: NDArray[np.uint8], titles: Sequence[str] = ()) -> Figure:
    """Draw bytes (N, H, W) or (N, 3, H, W) side by side, with one title each or none."""
    columns = ceil(sqrt(len(images)))
    rows = ceil(len(images) / columns)
    figure = _figure(1.1 * columns, (1.35 if titles else 1.1) * rows)
    for number, image in enumerate(images):
        axes = _bare(figure, rows, columns, number)
        shown = np.moveaxis(image, 0, -1) if image.ndim == 3 else image
        axes.imshow(shown, cmap="gray", vmin=0, vmax=255)
        if titles:
            axes.set_title(titles[number], fontsize=7)
    return figure


def draw_filters(weights: NDArray[np.float32]) -> Figure:
    """Draw filters (N, C, H, W): a tile each, or a row each with a tile a channel; 0 is white."""
    count, channels, *_ = weights.shape
    columns = ceil(sqrt(count)) if channels == 1 else channels
    rows = ceil(count * channels / columns)
    figure = _figure(0.9 * columns + 1.2, 0.9 * rows + 0.3)
    most = float(np.abs(weights).max()) or 1.0
    for number, values in enumerate(weights.reshape(-1, *weights.shape[2:])):
        axes = _bare(figure, rows, columns, number)
        drawn = axes.imshow(values, cmap="RdBu", vmin=-most, vmax=most)
        if channels > 1 and number < channels:
            axes.set_title(f"channel {number}", fontsize=7)
        if channels > 1 and number % channels == 0:
            axes.set_ylabel(
                f"filter {number // channels}", fontsize=7, rotation=0, ha="right", va="center"
            )
    figure.colorbar(drawn, ax=figure.axes, label="weight", shrink=min(1.0, 2.5 / rows))
    return figure


def draw_maps(maps: Sequence[FeatureMap]) -> Figure:
    """Draw the maps of an image, a row a layer, in the order in which the layers ran.

    A row has one scale, from black, its least value, to white; of many channels the first are
    drawn.
    """
    figure = _figure(0.65 * _CHANNELS + 2, 0.75 * len(maps) + 0.2)
    for row, each in enumerate(maps):
        values = each.values
        for column, channel in enumerate(values[:_CHANNELS]):
            axes = _bare(figure, len(maps), _CHANNELS, row * _CHANNELS + column)
            axes.imshow(channel, cmap="gray", vmin=values.min(), vmax=values.max())
            if column == 0:
                told = f"{each.kind}\n{each.name}, {' x '.join(map(str, values.shape))}"
                axes.set_ylabel(told, fontsize=7, rotation=0, ha="right", va="center")
    return figure


_CHANNELS = 16


def draw_over(part: Part, position: int, heat: NDArray[np.float32], title: str = "") -> Figure:
    """Draw an image, a map of heat (H, W), from 0, and the image under the map."""
    figure = _figure(7.2, 2.6)
    image = part.images[position]
    shown = image[0] if len(image) == 1 else np.moveaxis(image[:3], 0, -1)
    left, middle, right = (_bare(figure, 1, 3, number) for number in range(3))
    for axes in (left, right):
        axes.imshow(shown, cmap="gray", vmin=0, vmax=255)
    most = float(heat.max()) or 1.0
    drawn = middle.imshow(heat, cmap="inferno", vmin=0, vmax=most)
    right.imshow(heat, cmap="inferno", alpha=0.55, vmin=0, vmax=most)
    names = ("image", "heat" if heat.max() > 0 else "no heat anywhere", "both")
    for axes, name in zip((left, middle, right), names, strict=True):
        axes.set_xlabel(name, fontsize=8)
    figure.colorbar(drawn, ax=[left, middle, right], shrink=0.8)
    figure.suptitle(title, fontsize=9)
    return figure


def _bare(figure: Figure, rows: int, columns: int, number: int) -> Axes:
    """Return the place with this number, from 0, without ticks."""
    axes = figure.add_subplot(rows, columns, number + 1)
    axes.set_xticks([])
    axes.set_yticks([])
    return axes


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    return figure
