"""Recorded tables that the tests of search share: made-up worlds, written as parquet files."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

EPOCHS = 12
CHOICES = "op,width,depth"


def world(keep: float = 1.0, seed: int = 0) -> pd.DataFrame:
    """Networks whose accuracy grows with size along a power law of the epoch, with noise."""
    rng = np.random.default_rng(seed)
    rows = []
    for op, width, depth in product(["conv", "depthwise", "pool"], [4, 8, 12, 16], [1, 2, 3, 4]):
        params = 10 * width * depth * (9 if op == "conv" else 2)
        end = 0.95 - 2.0 / np.sqrt(params) - 0.15 * (op == "pool") + rng.normal(0, 0.01)
        pace = rng.uniform(0.6, 1.2)
        curve = end - 0.4 * np.arange(1, EPOCHS + 1) ** -pace + rng.normal(0, 0.004, EPOCHS)
        row = {"op": op, "width": width, "depth": depth, "params": params}
        rows.append(row | {f"e{at}": accuracy for at, accuracy in enumerate(curve, 1)})
    frame = pd.DataFrame(rows)
    return frame[rng.random(len(frame)) < keep].reset_index(drop=True)


def written(folder: Path, keep: float = 1.0) -> Path:
    """The world as a file."""
    path = folder / "world.parquet"
    world(keep).to_parquet(path)
    return path
