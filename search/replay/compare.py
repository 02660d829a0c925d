"""Several searches of one table, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from results import open_store
from space.errors import InputError, closest

from ..job import AlgorithmName, SearchSettings, StopName
from .read import read_study, read_table
from .simulate import replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .measured import Table
    from .read import Columns

SHARES = (0.95, 0.98, 0.99)
# Optuna's Gaussian process takes seconds for a decision: it runs when it is asked for.
QUICK = ("pareto", "random", "tpe", "nsga2")


@dataclass(frozen=True, slots=True)
class Compared:
    """What an algorithm took on a table, as medians over its seeds.

    Counts are None where half of the searches did not get there.
    """

    algorithm: str
    networks: tuple[float | None, ...]
    """Networks to each of `SHARES` of the true front's hypervolume."""
    epochs: tuple[float | None, ...]
    volume: float
    """The hypervolume at the end, as a share of the true front's."""
    stopped: float
    """Trainings that were stopped."""
    wrongly: float | None
    """Share of the stopped that would have been on the front, over all seeds."""


def find_table(name: str, columns: Columns, store: str | None) -> Table:
    """Return the table of a parquet file, or else of a study.

    Raises:
        InputError: There is neither, or a column is missing.
    """
    if Path(name).suffix == ".parquet" or Path(name).exists():
        return read_table(name, columns)
    return read_study(open_store(store), name)


def compare(  # noqa: PLR0913 - each is one thing that a search depends on
    table: Table,
    algorithms: Sequence[str] | None,
    *,
    stop: str,
    workers: int,
    networks: int | None,
    seeds: int,
) -> list[Compared]:
    """Search a table by each algorithm.

    Raises:
        InputError: An algorithm or the stopping rule is not known.
    """
    for name in algorithms or ():
        _check("--algorithm", name, get_args(AlgorithmName))
    _check("--stop", stop, get_args(StopName))
    return [
        _searched(table, name, stop=stop, workers=workers, networks=networks, seeds=seeds)
        for name in algorithms or QUICK
    ]


def middle(values: Sequence[float | None]) -> float | None:
    """Return the median of counts, None where it falls on what was not reached."""
    known = sorted(np.inf if each is None else float(each) for each in values)
    found = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
    return None if np.isinf(found) else found


def _searched(  # noqa: PLR0913 - each is one thing that a search depends on
    table: Table, name: str, *, stop: str, workers: int, networks: int | None, seeds: int
) -> Compared:
    runs = []
    for seed in range(seeds):
        settings = SearchSettings.model_validate({"algorithm": name, "seed": seed, "stop": stop})
        runs.append(replay(table, settings, workers=workers, networks=networks))
    reached = [run.reached(SHARES) for run in runs]
    stopped = [sum(one.reason is not None for one in run.ended) for run in runs]
    wrongly = [
        (run.wrongly_stopped or 0.0) * count for run, count in zip(runs, stopped, strict=True)
    ]
    return Compared(
        name,
        tuple(middle([one[at].networks for one in reached]) for at in range(len(SHARES))),
        tuple(middle([one[at].epochs for one in reached]) for at in range(len(SHARES))),
        float(np.median([run.volume[-1] for run in runs])) / table.volume,
        float(np.median(stopped)),
        sum(wrongly) / sum(stopped) if sum(stopped) else None,
    )


def _check(field: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise InputError(field, f"must be one of {', '.join(known)}", value, closest(value, known))
