"""From a parquet file, or from a study, to a table."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from results import Study
from space import Architecture, SearchSpace
from space.dimensions import Dimension
from space.errors import InputError, closest

from .measured import Floats, Ints, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from results import Store

NOTE = b"sizewise"
"""Where a parquet file of `benchmarks.record` says which columns are choices."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a frame mean what.

    ``curve`` is a column of lists, or a pattern such as ``e{}Accuracy`` with the epoch for the
    braces. ``network`` tells which rows are the same network; without it those of equal choices.
    """

    choices: tuple[str, ...] = ()
    accuracy: str | None = None
    size: str = "params"
    curve: str | None = None
    network: str | None = None


def read_table(path: Path | str, columns: Columns) -> Table:
    """Return the table of a parquet file; a file of `benchmarks.record` knows its own columns.

    Raises:
        InputError: There is no such file or column, or its values break a rule.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError("TABLE", "must be a parquet file or a study", str(path))
    try:
        frame = pd.read_parquet(file)
    except (OSError, ValueError) as error:
        raise InputError(
            "TABLE", "must be a readable parquet file", str(path), str(error)
        ) from None
    return to_table(file.stem, frame, _completed(columns, file))


def to_table(name: str, frame: pd.DataFrame, columns: Columns) -> Table:
    """Return the table of a frame, a row for each training.

    Rows of one network are one, with their mean accuracy and curve.

    Raises:
        InputError: A column is missing, or its values break a rule.
    """
    if not columns.choices:
        raise InputError("--choices", "name the columns of the choices", None)
    for column in (*columns.choices, columns.size):
        _check(frame, column)
    curves = None if columns.curve is None else _curves(frame, columns.curve)
    accuracy = _accuracy(frame, columns, curves)
    dimensions, points = _points(frame, columns.choices)
    size = _numbers(frame, columns.size)
    if not (size > 0).all():
        raise InputError("--size", "sizes must be above 0", float(size.min()))
    return _gathered(
        name,
        dimensions=dimensions,
        points=points,
        network=_same(frame, columns, points),
        accuracy=accuracy,
        size=size,
        curves=curves,
    )


def read_study(store: Store, name: str) -> Table:
    """Return the finished trials of a study as a table.

    Raises:
        InputError: There is no such study, or it has no finished trial.
    """
    study = Study(store, name)
    record = study.record
    trials = [one for one in store.trials(record.id) if one.state == "finished"]
    if not trials:
        raise InputError("TABLE", "the study must have finished trials", name)
    first = Architecture.from_dict(trials[0].architecture)
    space = SearchSpace.from_dict(
        record.space, input_shape=first.input_shape, classes=first.classes
    )
    epochs = study.epochs().groupby("number")["accuracy"].apply(list)
    return Table(
        name,
        space.dimensions,
        np.array([one.point for one in trials], dtype=np.int64),
        np.arange(len(trials)),
        np.array([one.accuracy for one in trials], dtype=np.float64),
        np.array([getattr(one, record.size) for one in trials], dtype=np.float64),
        np.array([epochs[one.number] for one in trials], dtype=np.float64),
    )


def _completed(columns: Columns, file: Path) -> Columns:
    from pyarrow.parquet import read_schema  # noqa: PLC0415  the command must start fast

    note = (read_schema(file).metadata or {}).get(NOTE)
    if note is None or columns.choices:
        return columns
    return replace(
        columns, choices=tuple(json.loads(note)["choices"]), curve=columns.curve or "accuracy"
    )


def _check(frame: pd.DataFrame, column: str) -> None:
    if column not in frame.columns:
        rule = "the column must stand in the table"
        raise InputError("TABLE", rule, column, closest(column, map(str, frame.columns)))


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    _check(frame, column)
    try:
        return frame[column].to_numpy(dtype=np.float64)
    except (TypeError, ValueError):
        rule = "the column must hold numbers"
        raise InputError("TABLE", rule, column) from None


def _accuracy(frame: pd.DataFrame, columns: Columns, curves: Floats | None) -> Floats:
    if columns.accuracy is not None:
        return _fractions(_numbers(frame, columns.accuracy))
    if curves is None:
        raise InputError("--accuracy", "name the column of the accuracy, or of the curve", None)
    return curves[:, -1]


def _fractions(accuracy: Floats) -> Floats:
    """Return accuracies as fractions: numbers above 1 are percentages."""
    return accuracy / 100 if np.nanmax(accuracy) > 1 else accuracy


def _curves(frame: pd.DataFrame, curve: str) -> Floats:
    if "{}" not in curve:
        _check(frame, curve)
        return _fractions(np.stack(frame[curve].to_list()).astype(np.float64))
    named = [curve.format(epoch) for epoch in range(1, len(frame.columns) + 1)]
    found = [column for column in named if column in frame.columns]
    if not found or found != named[: len(found)]:
        raise InputError("--curve", "there must be a column for each epoch from 1", curve)
    return _fractions(frame[found].to_numpy(dtype=np.float64))


def _points(frame: pd.DataFrame, choices: Sequence[str]) -> tuple[tuple[Dimension, ...], Ints]:
    """Return a dimension for each column with more than one value, and the places of all rows."""
    dimensions, places = list[Dimension](), []
    for column in choices:
        values, place = np.unique(_plain(frame[column]), return_inverse=True)
        if len(values) > 1:
            dimensions.append(Dimension(column, tuple(values.tolist())))
            places.append(place)
    if not dimensions:
        raise InputError("--choices", "a column must have more than one value", tuple(choices))
    return tuple(dimensions), np.stack(places, axis=1).astype(np.int64)


def _plain(values: pd.Series[Any]) -> Any:
    """Return values that can be put in order: numbers, or else text."""
    numeric = pd.api.types.is_numeric_dtype(values) and not values.isna().any()
    return values.to_numpy() if numeric else values.astype(str).to_numpy(dtype=np.str_)


def _same(frame: pd.DataFrame, columns: Columns, points: Ints) -> Ints:
    """Return the number of the network that each row is."""
    if columns.network is not None:
        _check(frame, columns.network)
        places, _ = pd.factorize(frame[columns.network])
        return np.array(places, dtype=np.int64)
    rows = pd.DataFrame(points)
    return np.array(rows.groupby(list(rows.columns), sort=False).ngroup(), dtype=np.int64)


def _gathered(  # noqa: PLR0913 - the parts of a table
    name: str,
    *,
    dimensions: tuple[Dimension, ...],
    points: Ints,
    network: Ints,
    accuracy: Floats,
    size: Floats,
    curves: Floats | None,
) -> Table:
    _, first = np.unique(network, return_index=True)
    if not np.array_equal(size, size[first][network]):
        rule = "rows of one network must have one size"
        raise InputError("--size", rule, "several", "Name more --choices, or a --network column.")
    _, distinct, point = np.unique(points, axis=0, return_index=True, return_inverse=True)
    if not np.array_equal(network, network[distinct][point]):
        rule = "different networks must differ in a choice"
        raise InputError("--choices", rule, tuple(each.name for each in dimensions))
    kept = np.sort(distinct)
    return Table(
        name,
        dimensions,
        points[kept],
        network[kept],
        _mean(accuracy[:, None], network)[:, 0],
        size[first],
        None if curves is None else _mean(curves, network),
    )


def _mean(values: Floats, network: Ints) -> Floats:
    mean: Floats = pd.DataFrame(values).groupby(network).mean().to_numpy(dtype=np.float64)
    return mean
