"""Pictures of what a network does, drawn with matplotlib."""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .data import Part


def draw_confusion(counts: NDArray[np.int64], class_names: Sequence[str]) -> Figure:
    """Draw a confusion matrix: rows are the true classes; errors stand out, right ones do not."""
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


def draw_tiles(
    images: NDArray[Any], titles: Sequence[str] = (), *, symmetric: bool = False
) -> Figure:
    """Draw (N, H, W) or (N, 3, H, W) side by side.

    Args:
        images: Bytes, or numbers of one common scale.
        titles: One an image, or none.
        symmetric: Whether the scale has 0 in its middle, as weights want it.
    """
    columns = ceil(sqrt(len(images)))
    rows = ceil(len(images) / columns)
    figure = _figure(1.1 * columns, (1.35 if titles else 1.1) * rows)
    most = float(np.abs(images).max()) or 1.0
    low, colours = (-most, "RdBu") if symmetric else (0.0, "gray")
    for number, image in enumerate(images):
        axes = figure.add_subplot(rows, columns, number + 1)
        shown = np.moveaxis(image, 0, -1) if image.ndim == 3 else image
        axes.imshow(shown, cmap=colours, vmin=low, vmax=most)
        axes.set_axis_off()
        if titles:
            axes.set_title(titles[number], fontsize=7)
    return figure


def draw_over(part: Part, position: int, heat: NDArray[np.float32], title: str = "") -> Figure:
    """Draw an image, and beside it the same under a map of heat, (H, W)."""
    figure = _figure(4.6, 2.5)
    image = part.images[position]
    shown = image[0] if len(image) == 1 else np.moveaxis(image[:3], 0, -1)
    for number in (1, 2):
        axes = figure.add_subplot(1, 2, number)
        axes.imshow(shown, cmap="gray", vmin=0, vmax=255)
        axes.set_axis_off()
    axes.imshow(heat, cmap="inferno", alpha=0.65, vmin=0)
    figure.suptitle(title, fontsize=9)
    return figure


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    return figure
