"""Frames of a study as files for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from space.errors import InputError, closest

from ..files import replaced
from ..study import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

FRAMES: Final[Mapping[str, Callable[[Study], pd.DataFrame]]] = {
    "trials": Study.trials,
    "epochs": Study.epochs,
    "front": Study.front,
    "finals": Study.finals,
}
"""What can be written, by name."""


def save_table(study: Study, path: Path, table: str = "trials") -> int:
    """Write a frame as CSV or Parquet, as the name of the file ends, and return its rows.

    A missing value is an empty field of a CSV file, and null in Parquet; times are UTC.

    Raises:
        InputError: The frame is not known, or the file's name ends otherwise.
    """
    if table not in FRAMES:
        raise InputError("--table", "must be a frame of a study", table, closest(table, FRAMES))
    if path.suffix not in {".csv", ".parquet"}:
        raise InputError("TO", "a file's name must end in .csv or .parquet", str(path))
    frame = FRAMES[table](study)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as new:
        if path.suffix == ".csv":
            frame.to_csv(new, index=False)
        else:
            frame.to_parquet(new, index=False)
    return len(frame)
