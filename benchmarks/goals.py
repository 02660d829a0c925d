"""How many networks a search for a goal trains until it has the true answer and until it ends.

For each table and goal: the median number of networks, with quartiles, until the true answer is
trained, by a search for the goal and by a search for the whole front; when the first ends by
itself; and how often that end was wrong, because a better answer was left.

Goals are accuracies that 50, 20 and 5 % of the networks of a table reach, and sizes that so many
stay within.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from search.job import SearchSettings
from search.replay import Table, replay
from search.replay.goals import Pursued, pursue

from ._tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARES = (0.5, 0.2, 0.05)


@dataclass(frozen=True, slots=True)
class Task:
    """A search for each goal on a table, and one for its whole front."""

    table: str
    goals: tuple[tuple[str, float], ...]
    seed: int
    networks: int


def goals_of(table: Table, shares: Sequence[float]) -> tuple[tuple[str, float], ...]:
    """Return the goals that shares of the networks of a table meet."""
    reached = [float(np.nanquantile(table.accuracy, 1 - share)) for share in shares]
    within = [int(np.quantile(table.size, share)) for share in shares]
    return (*(("min_accuracy", one) for one in reached), *(("max_params", one) for one in within))


def search(task: Task) -> list[tuple[Pursued, Pursued]]:
    """Return what a search for each goal did, and a search for the whole front."""
    table = TABLES[task.table]()
    whole = replay(table, SearchSettings(seed=task.seed), networks=task.networks)
    found = []
    for name, value in task.goals:
        settings = SearchSettings.model_validate({"goal": {name: value}, "seed": task.seed})
        done = replay(table, settings, networks=task.networks)
        found.append((pursue(settings, done), pursue(settings, whole)))
    return found


def told(values: list[float]) -> str:
    """Return a median with its quartiles."""
    low, middle, high = np.percentile(values, (25, 50, 75), method="nearest")
    return " ".join("never" if np.isinf(each) else f"{each:.0f}" for each in (middle, low, high))


def main() -> None:
    """Search, print a table for people, and as the last line the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tables", default="naap,macro", help="names, with commas")
    parser.add_argument("--seeds", type=int, default=20, help="searches of each kind")
    parser.add_argument("--networks", type=int, default=150, help="that a search may train")
    parser.add_argument("--workers", type=int, default=1, help="searches at once")
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    names = ["naap"] if options.quick else options.tables.split(",")
    seeds = 1 if options.quick else options.seeds
    shares = SHARES[1:2] if options.quick else SHARES
    networks = 40 if options.quick else options.networks
    figures: dict[str, dict[str, dict[str, float | None]]] = {}
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        for name in names:
            table = TABLES[name]()
            goals = goals_of(table, shares)
            print(f"\n{table.text}\nnetworks to the true answer: median, quartiles")
            print(
                f"{'goal':<24}{'for the goal':>18}{'whole front':>18}{'ended':>18}  wrong",
                flush=True,
            )
            tasks = [Task(name, goals, seed, networks) for seed in range(seeds)]
            runs = list(pool.map(search, tasks))
            for place, goal in enumerate(goals):
                figures.setdefault(name, {}).update(report(goal, [run[place] for run in runs]))
    print(json.dumps(figures))


def report(
    goal: tuple[str, float], found: list[tuple[Pursued, Pursued]]
) -> dict[str, dict[str, float | None]]:
    """Print a line for a goal, and return its medians and the share of wrong ends."""
    ours, whole = ([one[at].found or np.inf for one in found] for at in (0, 1))
    ended = [one[0].ended or np.inf for one in found]
    ends, wrong = int(np.isfinite(ended).sum()), sum(one[0].wrong for one in found)
    word, value = goal
    words = f"{word} {value:.4f}" if value < 1 else f"{word} {value:,}"
    columns = "".join(f"{told(each):>18}" for each in (ours, whole, ended))
    print(f"{words:<24}{columns}  {wrong} of {ends}", flush=True)
    medians = [float(np.median(each)) for each in (ours, whole, ended)]
    known = [each if np.isfinite(each) else None for each in medians]
    named = dict(zip(("goal", "front", "ended"), known, strict=True))
    return {words: {**named, "wrong": wrong / ends if ends else None}}


if __name__ == "__main__":
    main()
