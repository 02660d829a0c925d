"""What an earlier study is worth to a search, by how much its accuracies have to do with these.

The earlier study is a search of the same table with other accuracies: `related`, those of trainings
cut short where the table has curves, and else those with noise; `unrelated`, what it found in
random order. For each: the median number of networks to 95, 98 and 99 % of the hypervolume of the
true front, with the quartiles at 99 %.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
from scipy.stats import spearmanr

from search.algorithms.earlier import Earlier
from search.job import SearchSettings
from search.replay import Table, replay

from ._tables import TABLES

SHARES = (0.95, 0.98, 0.99)
KINDS = ("none", "related", "unrelated")
CUT = 0.1
"""Share of the epochs that the earlier trainings did."""
NOISE = 0.3
"""Standard deviation of the noise, for that of the accuracies, where there are no curves."""


def other_accuracy(table: Table, rng: np.random.Generator) -> np.ndarray:
    """Return what the networks of a table reached in a task that is like it."""
    if table.curves is not None:
        return table.curves[:, max(int(CUT * table.epochs), 1) - 1]
    return table.accuracy + rng.normal(0, NOISE * table.accuracy.std(), len(table))


def earlier_study(table: Table, kind: str, networks: int, seed: int) -> list[Earlier]:
    """Return the study that a search starts from."""
    if kind == "none":
        return []
    rng = np.random.default_rng((seed, 1))
    accuracy = other_accuracy(table, rng)
    settings = SearchSettings.model_validate({"algorithm": "pareto", "seed": seed + 1000})
    done = replay(replace(table, accuracy=accuracy, curves=None), settings, networks=networks)
    known = np.array([one.network for one in done.ended])
    found = accuracy[known] if kind == "related" else rng.permutation(accuracy[known])
    first = np.unique(table.network, return_index=True)[1]
    return [Earlier(table.points[first][known], table.size[known], found)]


def search(task: tuple[str, str, int, int]) -> list[float]:
    """Search a table once and return networks to each share."""
    name, kind, networks, seed = task
    table = TABLES[name]()
    settings = SearchSettings.model_validate({"algorithm": "pareto", "seed": seed})
    earlier = earlier_study(table, kind, networks, seed)
    done = replay(table, settings, until=SHARES[-1], earlier=earlier)
    found = done.reached(SHARES)
    return [np.inf if one.networks is None else one.networks for one in found]


def agreement(table: Table) -> float:
    """Return the rank correlation of the related accuracies with those of the table."""
    other = other_accuracy(replace(table), np.random.default_rng(0))
    return float(spearmanr(other, table.accuracy, nan_policy="omit").statistic)


def main() -> None:
    """Search, print a table for people, and as the last line the medians as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tables", default="naap,macro,digits", help="names, with commas")
    parser.add_argument("--seeds", type=int, default=20, help="searches of each kind")
    parser.add_argument("--networks", type=int, default=60, help="of the earlier study")
    parser.add_argument("--workers", type=int, default=1, help="searches at once")
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    names = ["naap"] if options.quick else options.tables.split(",")
    seeds = 2 if options.quick else options.seeds
    figures: dict[str, dict[str, list[float]]] = {}
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        for name in names:
            table = TABLES[name]()
            print(f"\n{table.text}\nrank correlation of the related study {agreement(table):.2f}")
            print("networks to      95 %    98 %    99 %   quartiles")
            for kind in KINDS:
                tasks = [(name, kind, options.networks, seed) for seed in range(seeds)]
                found = np.array(list(pool.map(search, tasks)))
                middle = np.median(found, axis=0).tolist()
                low, high = np.percentile(found[:, -1], (25, 75), method="nearest")
                words = "".join(f"{each:>8.0f}" for each in middle)
                print(f"{kind:<12}{words}{low:>8.0f} to {high:.0f}", flush=True)
                figures.setdefault(name, {})[kind] = middle
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
