"""Frames and records as a person reads them in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from results import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd


def _percent(value: float) -> str:
    return f"{value:.2%}"


def _count(value: int) -> str:
    return f"{value:,}"


FORMS: Mapping[str, Callable[[Any], str]] = {
    columns.ACCURACY: _percent,
    columns.EXPECTED: _percent,
    columns.VALIDATION_MEAN: _percent,
    columns.VALIDATION_MARGIN: "± {:.2%}".format,
    columns.PARAMS: _count,
    columns.MACS: _count,
    columns.ACTIVATION_BYTES: _count,
    columns.WEIGHT_BYTES: _count,
    columns.LATENCY_MS: "{:.3g}".format,
    columns.LOSS: "{:.4f}".format,
    columns.TRAIN_LOSS: "{:.4f}".format,
    columns.LEARNING_RATE: "{:.2e}".format,
    columns.SECONDS: "{:.1f}".format,
    columns.IMAGES_PER_SECOND: "{:,.0f}".format,
}
TITLES = {
    columns.VALIDATION_MEAN: "repeated",
    columns.VALIDATION_MARGIN: "95 %",
    columns.NUMBER: "trial",
    columns.OUTLINE: "network",
}
TEXTS = (
    columns.STATE,
    columns.VERDICT,
    columns.REASON,
    columns.OUTLINE,
    columns.STUDY,
    columns.DATA,
    columns.TAGS,
)


def frame_table(frame: pd.DataFrame, names: list[str], title: str | None = None) -> Table:
    """Return some columns of a frame as a table: numbers to the right, missing values blank."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in names:
        text = name in TEXTS
        table.add_column(
            TITLES.get(name, name.replace("_", " ")),
            justify="left" if text else "right",
            overflow="fold",
            no_wrap=not text,
            header_style="dim",
        )
    for values in frame[names].itertuples(index=False):
        table.add_row(*(_cell(name, value) for name, value in zip(names, values, strict=True)))
    return table


def _cell(name: str, value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124  a missing number is unequal to itself
        return ""
    return FORMS.get(name, str)(value)
