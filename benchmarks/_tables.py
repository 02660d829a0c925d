"""The tables that searches are compared on, and where they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from search.replay.read import Columns, read_table, to_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from search.replay import Table

HERE = Path(__file__).parent / "tables"


def macro() -> Table:
    """Return NAS-Bench-Macro: 8 layers of three kinds; accuracy is the mean of three seeds."""
    frame = pd.read_parquet(HERE / "nas_bench_macro_cifar10.parquet")
    choices = tuple(f"layer{place}" for place in range(1, 9))
    return to_table("macro", frame, Columns(choices, "test_acc_mean", "params", None, "unique_id"))


def naap() -> Table:
    """Return NAAP-440: three or four convolutions; a layer that is not there has zeros."""
    frame = pd.read_parquet(HERE / "naap440_cifar10.parquet")
    layers = [json.loads(text) for text in frame["layers"]]
    choices = _spread(frame, layers, ("kernel_size", "width", "stride", "residual"))
    return to_table("naap", frame, Columns(choices, None, "NumParams", "e{}Accuracy"))


def metaqnn() -> Table:
    """Return MetaQNN's networks: convolutions with the pooling behind each, and the end."""
    frame = pd.read_parquet(HERE / "metaqnn_cifar10.parquet")
    layers = [json.loads(text) for text in frame["layers"]]
    choices = _spread(frame, list(map(_convolutions, layers)), ("filters", "kernel", "pool"))
    dense = [[each for each in chain if each["type"] == "fc"] for chain in layers]
    ends = ("n_conv", "n_pool", "has_gap", *_spread(frame, dense, ("units",), "dense"))
    return to_table("metaqnn", frame, Columns((*choices, *ends), None, "params_calc", "acc_{}"))


def digits() -> Table:
    """Return our own table of digits; accuracy is the mean of the seeds of each network."""
    return read_table(HERE / "digits.parquet", Columns())


TABLES: dict[str, Callable[[], Table]] = {
    "macro": macro,
    "naap": naap,
    "metaqnn": metaqnn,
    "digits": digits,
}


def _convolutions(layers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the convolutions with the side of the pooling behind each, 0 for none."""
    found = list[dict[str, Any]]()
    for layer in layers:
        if layer["type"] == "conv":
            found.append({"filters": layer["filters"], "kernel": layer["kernel"], "pool": 0})
        elif layer["type"] == "pool" and found:
            found[-1]["pool"] = layer["kernel"]
    return found


def _spread(
    frame: pd.DataFrame,
    chains: Sequence[Sequence[dict[str, Any]]],
    fields: Sequence[str],
    named: str = "layer",
) -> tuple[str, ...]:
    """Add a column for each field of each place in a chain, and return their names."""
    names = []
    for place in range(max(map(len, chains))):
        for field in fields:
            names.append(f"{named}{place + 1}.{field}")
            frame[names[-1]] = [
                int(chain[place][field]) if place < len(chain) else 0 for chain in chains
            ]
    return tuple(names)
