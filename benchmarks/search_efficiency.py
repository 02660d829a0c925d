"""How many networks a search must train until its front is nearly the true one, on tables.

For each table and algorithm: the median number of distinct networks to 95, 98 and 99 % of the
hypervolume of the true front, accuracy against the logarithm of params, from the least accuracy and
the largest size of the table; with the quartiles over the seeds. Where a table does not hold all
combinations of its choices, what an algorithm proposes stands for the nearest network that it has
not trained yet, for every algorithm in the same way.

With --curves: what `benchmarks.stopping` compares, on the same tables.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from search.job import AlgorithmName, SearchSettings
from search.replay import read_table, replay
from search.replay.read import Columns
from space.errors import InputError

from . import stopping
from ._tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.replay import Table

SHARES = (0.95, 0.98, 0.99)
ALGORITHMS = get_args(AlgorithmName)
# Optuna's Gaussian process takes seconds for a decision, and ever more: it is given fewer seeds
# and, where it gets nowhere, fewer networks.
CAPS = {"gp": (3, 150)}


@dataclass(frozen=True, slots=True)
class Task:
    """One search: of a table, by an algorithm, with a seed."""

    table: str
    columns: Columns | None
    algorithm: str
    seed: int
    networks: int | None = None
    stop: str = "none"
    until: float | None = SHARES[-1]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search took: networks and epochs to each share (inf where it never got there)."""

    task: Task
    networks: tuple[float, ...]
    epochs: tuple[float, ...]
    volume: float
    """The last hypervolume, as a share of the true one."""
    stopped: tuple[int, int]
    """How many trainings were stopped, and how many of them would be on the front."""
    milliseconds: float
    """Of a decision and all around it."""


def load(name: str, columns: Columns | None) -> Table:
    """Return a table by its name, or from a file."""
    return TABLES[name]() if columns is None else read_table(name, columns)


def search(task: Task) -> Found:
    """Search a table once."""
    if task.algorithm == "gp":
        import torch  # noqa: PLC0415  it takes seconds to load, and only that one needs it

        torch.set_num_threads(1)
    table = load(task.table, task.columns)
    settings = SearchSettings.model_validate(
        {"algorithm": task.algorithm, "seed": task.seed, "stop": task.stop}
    )
    began = time.perf_counter()
    done = replay(table, settings, networks=task.networks, until=task.until)
    seconds = time.perf_counter() - began
    reached = done.reached(SHARES)
    stopped = sum(one.reason is not None for one in done.ended)
    return Found(
        task,
        tuple(np.inf if one.networks is None else one.networks for one in reached),
        tuple(np.inf if one.epochs is None else one.epochs for one in reached),
        done.volume[-1] / table.volume,
        (stopped, round(stopped * (done.wrongly_stopped or 0.0))),
        1000 * seconds / len(done.ended),
    )


def searches(
    names: Sequence[str],
    columns: Columns | None,
    algorithms: Sequence[str],
    seeds: int,
    networks: int | None,
) -> list[Task]:
    """Return what is to be done, one task for each table, algorithm and seed."""
    tasks = []
    for name in names:
        for algorithm in algorithms:
            most, cap = CAPS.get(algorithm, (seeds, networks))
            chosen = range(min(seeds, most))
            tasks += [Task(name, columns, algorithm, seed, cap) for seed in chosen]
    return tasks


def median(values: Sequence[float]) -> float | None:
    """Return the median of numbers that may be inf, None where that is inf."""
    found = float(np.percentile(values, 50, method="lower" if np.isinf(values).any() else "linear"))
    return None if np.isinf(found) else found


def told(values: Sequence[float]) -> str:
    """Return a median with its quartiles."""
    low, middle, high = np.percentile(values, (25, 50, 75), method="nearest")
    return " ".join("never" if np.isinf(each) else f"{each:.0f}" for each in (middle, low, high))


def efficiency(found: Sequence[Found]) -> dict[str, dict[str, list[float | None]]]:
    """Print a table for each table, and return the medians."""
    figures: dict[str, dict[str, list[float | None]]] = {}
    for name in dict.fromkeys(one.task.table for one in found):
        stem = Path(name).stem
        print(f"\n{load(name, found[0].task.columns).text}")
        print("networks to            95 %             98 %             99 %   seeds  ms each")
        print("(median, quartiles)")
        for algorithm in dict.fromkeys(one.task.algorithm for one in found):
            mine = [
                one for one in found if (one.task.table, one.task.algorithm) == (name, algorithm)
            ]
            columns = [[one.networks[at] for one in mine] for at in range(len(SHARES))]
            figures.setdefault(stem, {})[algorithm] = [median(each) for each in columns]
            pace = np.median([one.milliseconds for one in mine])
            words = "".join(f"{told(each):>17}" for each in columns)
            print(f"{algorithm:<10}{words}{len(mine):>8}{pace:>9.0f}")
        _compare(figures[stem])
    return figures


def _compare(figures: dict[str, list[float | None]]) -> None:
    """Print how pareto's count to 99 % compares with that of the best sampler of Optuna."""
    ours = figures.get("pareto", [None])[-1]
    others = {name: figures[name][-1] for name in ("tpe", "gp", "nsga2") if name in figures}
    known = {name: count for name, count in others.items() if count is not None}
    if ours is not None and known:
        best = min(known, key=lambda name: known[name])
        print(f"pareto needs 1/{known[best] / ours:.1f} of the networks of {best} to 99 %")


def main() -> None:
    """Search, print tables for people, and as the last line the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tables", default=",".join(TABLES), help="names, with commas")
    parser.add_argument("--table", help="any parquet file, in place of those")
    parser.add_argument("--choices", help="its columns of choices, with commas")
    parser.add_argument("--accuracy", help="its column of accuracies")
    parser.add_argument("--size", default="params", help="its column of sizes")
    parser.add_argument("--curve", help="its columns of accuracies by epoch, such as e{}Accuracy")
    parser.add_argument("--network", help="its column that tells which rows are one network")
    parser.add_argument("--algorithms", default=",".join(ALGORITHMS), help="names, with commas")
    parser.add_argument("--seeds", type=int, default=20, help="searches of each kind")
    parser.add_argument("--curves", action="store_true", help="compare stopping rules")
    parser.add_argument("--networks", type=int, help="networks that a search may train")
    parser.add_argument("--workers", type=int, default=1, help="searches at once")
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    columns = None
    if options.table:
        chosen = tuple(options.choices.split(",")) if options.choices else ()
        columns = Columns(chosen, options.accuracy, options.size, options.curve, options.network)
    names = [options.table] if options.table else options.tables.split(",")
    for name in () if options.table else names:
        if name not in TABLES:
            raise InputError("--tables", f"known are {', '.join(TABLES)}", name)
    seeds = 2 if options.quick else options.seeds
    if options.curves:
        tasks = stopping.searches(names, columns, seeds=seeds, networks=options.networks)
        print(json.dumps(stopping.compare(stopping.searched(tasks, options.workers, None))))
        return
    algorithms = options.algorithms.split(",")
    if options.quick:
        names, algorithms = names[:1], ["pareto", "random"]
    tasks = searches(names, columns, algorithms, seeds, options.networks)
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(search, tasks))
    print(json.dumps(efficiency(found)))


if __name__ == "__main__":
    main()
