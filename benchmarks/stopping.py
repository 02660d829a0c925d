"""What each stopping rule saves and loses, on recorded tables with whole curves.

For each table, algorithm and rule: epochs to 99 % of the hypervolume of the true front (median and
quartiles over the seeds), how much fewer that are than with no stopping, the share of the
hypervolume that the search ended with less than it would have without stopping, and how many of the
stopped would have been on the front of all that were tried.

With --out, what was searched before is read from there, and the rest goes on.
"""

from __future__ import annotations

import argparse
import json
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from search.job import StopName

from ._searches import Task, load, search_all
from ._tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from search.replay.read import Columns

    from ._searches import Found

STOPS = get_args(StopName)
ALGORITHMS = ("random", "pareto")
# A decision of pareto takes time, and on these tables it is done with far fewer networks.
CAPS = {"pareto": 200}
# The searches of --quick: a table, and networks that each may train.
QUICK = ("naap", 120)


def searches(  # noqa: PLR0913 - each is one thing that a comparison depends on
    names: Sequence[str],
    columns: Columns | None,
    *,
    algorithms: Sequence[str] = ALGORITHMS,
    stops: Sequence[str] = STOPS,
    seeds: int,
    networks: int | None = None,
) -> list[Task]:
    """Return the searches of a comparison, on the tables that have curves."""
    tasks = [
        Task(name, columns, algorithm, seed, networks or CAPS.get(algorithm), stop, None)
        for name in names
        for algorithm in algorithms
        for stop in stops
        for seed in range(seeds)
    ]
    return [task for task in tasks if load(task.table, columns).epochs > 1]


def compare(found: Iterable[Found]) -> dict[str, Any]:
    """Print a line for each rule as soon as its searches are done, and return the figures."""
    figures: dict[str, Any] = {}
    for (stem, algorithm), rules in groupby(found, lambda one: (one.task.stem, one.task.algorithm)):
        mine = dict[str, Any]()
        print(f"\n{stem}, {algorithm} proposes")
        print(
            "stop         epochs to 99 %, quartiles  fewer   all epochs      lost  stopped wrongly"
        )
        for stop, searched in groupby(rules, lambda one: one.task.stop):
            mine[stop] = summary(list(searched))
            print(line(stop, mine[stop], mine.get("none")), flush=True)
        figures.setdefault(stem, {})[algorithm] = mine
    return figures


def summary(found: Sequence[Found]) -> dict[str, Any]:
    """Return medians over seeds; of the stopped, sums."""
    epochs = [each.epochs[-1] for each in found]
    low, middle, high = (
        None if np.isinf(each) else round(float(each), 1)
        for each in np.percentile(epochs, (25, 50, 75), method="inverted_cdf")
    )
    stopped, wrongly = np.sum([each.stopped for each in found], axis=0).tolist()
    return {
        "seeds": len(found),
        "epochs_to_99": middle,
        "quartiles": [low, high],
        "epochs": round(float(np.median([each.spent for each in found]))),
        "last_hypervolume": round(float(np.median([each.volume for each in found])), 5),
        "lost": round(float(np.median([each.lost for each in found])), 5),
        "lost_at_most": round(max(each.lost for each in found), 5),
        "stopped": stopped,
        "wrongly_stopped": wrongly,
        "wrongly_stopped_share": round(wrongly / stopped, 4) if stopped else None,
    }


def line(stop: str, figures: dict[str, Any], none: dict[str, Any] | None) -> str:
    """Return a rule's figures as a line of a table."""
    middle, quartiles = figures["epochs_to_99"], figures["quartiles"]
    count = " ".join("never" if each is None else f"{each:.0f}" for each in (middle, *quartiles))
    known = middle and none and none["epochs_to_99"]
    fewer = f"{none['epochs_to_99'] / middle:.1f}" if known and none else "-"
    share = figures["wrongly_stopped_share"]
    wrongly = "-" if share is None else f"{share:.1%}"
    spent, lost, stopped = (figures[name] for name in ("epochs", "lost", "stopped"))
    return f"{stop:<13}{count:>25}{fewer:>7}{spent:>13,}{lost:>10.2%}{stopped:>9,}{wrongly:>8}"


def main() -> None:
    """Search, print tables for people, and as the last line the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tables", default=",".join(TABLES), help="names, with commas")
    parser.add_argument("--algorithms", default=",".join(ALGORITHMS), help="what proposes")
    parser.add_argument("--stops", default=",".join(STOPS), help="rules, with commas")
    parser.add_argument("--seeds", type=int, default=20, help="searches of each kind")
    parser.add_argument("--networks", type=int, help="networks that a search may train")
    parser.add_argument("--workers", type=int, default=1, help="searches at once")
    parser.add_argument("--out", type=Path, help="a folder that keeps each search")
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    names, seeds, networks = options.tables.split(","), options.seeds, options.networks
    algorithms = options.algorithms.split(",")
    if options.quick:
        names, seeds, networks = [QUICK[0]], 1, QUICK[1]
    tasks = searches(
        names,
        None,
        algorithms=algorithms,
        stops=options.stops.split(","),
        seeds=seeds,
        networks=networks,
    )
    print(json.dumps(compare(search_all(tasks, options.workers, options.out))))


if __name__ == "__main__":
    main()
