"""How many networks a search must train until its front is nearly the true one, on tables.

For each table and algorithm: the median number of distinct networks to 95, 98 and 99 % of the
hypervolume of the true front, accuracy against the logarithm of params, from the least accuracy and
the largest size of the table; with the quartiles over the seeds. Where a table does not hold all
combinations of its choices, what an algorithm proposes stands for the nearest network that it has
not trained yet, for every algorithm in the same way.

With --out, what was searched before is read from there, and the rest goes on.

With --curves: what `benchmarks.stopping` compares, on the same tables.
"""

from __future__ import annotations

import argparse
import json
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from search.job import AlgorithmName
from search.replay.read import Columns
from space.errors import InputError

from . import stopping
from ._searches import SHARES, Task, load, search_all
from ._tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ._searches import Found

ALGORITHMS = get_args(AlgorithmName)
# Networks that a search may train: Optuna's Gaussian process takes seconds for a decision, and ever
# more.
CAPS = {"gp": 150}
# What --quick searches.
QUICK = ("pareto", "random", "tpe")


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
            most = min(filter(None, (CAPS.get(algorithm), networks)), default=None)
            tasks += [Task(name, columns, algorithm, seed, most) for seed in range(seeds)]
    return tasks


def median(values: Sequence[float]) -> float | None:
    """Return the median of numbers that may be inf, None where that is inf."""
    found = float(np.percentile(values, 50, method="lower" if np.isinf(values).any() else "linear"))
    return None if np.isinf(found) else found


def told(values: Sequence[float]) -> str:
    """Return a median with its quartiles."""
    low, high = np.percentile(values, (25, 75), method="nearest")
    middle = median(values)
    return " ".join(
        "never" if each is None or np.isinf(each) else f"{each:.{digits}f}".removesuffix(".0")
        for each, digits in ((middle, 1), (low, 0), (high, 0))
    )


def efficiency(found: Iterable[Found]) -> dict[str, dict[str, list[float | None]]]:
    """Print a table for each table, a line as soon as it is known, and return the medians."""
    figures: dict[str, dict[str, list[float | None]]] = {}
    for (name, columns), searched in groupby(found, lambda one: (one.task.table, one.task.columns)):
        print(f"\n{load(name, columns).text}")
        print("networks to" + "".join(f"{share:>18.0%}  " for share in SHARES) + "  seeds  ms each")
        print("(median, quartiles)", flush=True)
        mine = figures[Path(name).stem] = dict(_lines(searched))
        _compare(mine)
    return figures


def _lines(found: Iterable[Found]) -> Iterator[tuple[str, list[float | None]]]:
    """Print a line for each algorithm, and yield its medians."""
    for algorithm, searched in groupby(found, lambda one: one.task.algorithm):
        mine = list(searched)
        columns = [[one.networks[at] for one in mine] for at in range(len(SHARES))]
        pace = np.median([one.milliseconds for one in mine])
        words = "".join(f"{told(each):>20}" for each in columns)
        most = mine[0].task.networks
        limit = f"  at most {most} networks" if most else ""
        print(f"{algorithm:<10}{words}{len(mine):>8}{pace:>9.0f}{limit}", flush=True)
        yield algorithm, [median(each) for each in columns]


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
    parser.add_argument("--out", type=Path, help="folder that keeps results, to go on later")
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    if options.curves:
        names, columns = chosen_tables(options)
        tasks = stopping.searches(names, columns, seeds=options.seeds, networks=options.networks)
        found = search_all(tasks, options.workers, options.out)
        print(json.dumps(stopping.compare(found)))
        return
    found = search_all(counted(options), options.workers, options.out)
    print(json.dumps(efficiency(found)))


def counted(options: argparse.Namespace) -> list[Task]:
    """Return the searches that count networks."""
    names, columns = chosen_tables(options)
    if not options.quick:
        algorithms = options.algorithms.split(",")
        return searches(names, columns, algorithms, options.seeds, options.networks)
    if columns:
        return searches(names, columns, QUICK, 2, 100)
    return searches(["naap"], None, QUICK, 2, None)


def chosen_tables(options: argparse.Namespace) -> tuple[list[str], Columns | None]:
    """Return the names of the tables, and the columns where it is a file."""
    if options.table:
        choices = tuple(options.choices.split(",")) if options.choices else ()
        columns = Columns(choices, options.accuracy, options.size, options.curve, options.network)
        return [options.table], columns
    names = options.tables.split(",")
    for name in names:
        if name not in TABLES:
            raise InputError("--tables", f"known are {', '.join(TABLES)}", name)
    return names, None


if __name__ == "__main__":
    main()
