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
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from search.job import SearchSettings, StopName
from search.replay import read_table, replay, volumes
from trainers.atomic import write_whole

from ._tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from search.replay import Table
    from search.replay.read import Columns

STOPS = get_args(StopName)
ALGORITHMS = ("random", "pareto")
# A decision of pareto takes time, and on these tables it is done with far fewer networks.
CAPS = {"pareto": 200}
# The searches of --quick: a table, and networks that each may train.
QUICK = ("naap", 120)


@dataclass(frozen=True, slots=True)
class Task:
    """One search of a table."""

    table: str
    columns: Columns | None
    algorithm: str
    stop: str
    seed: int
    networks: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search took and left."""

    epochs: float | None
    """To 99 % of the true front's hypervolume, None where it never got there."""
    spent: int
    """Epochs of the whole search."""
    volume: float
    """The last hypervolume, as a share of the true one."""
    lost: float
    """Share of the hypervolume of all that were tried that stopping cost."""
    stopped: int
    wrongly: int
    """How many of the stopped would be on the front of all that were tried."""


def load(task: Task) -> Table:
    """Return the table of a search, by its name or from a file."""
    return TABLES[task.table]() if task.columns is None else read_table(task.table, task.columns)


def search(task: Task) -> Found:
    """Search a table once."""
    table = load(task)
    document = {"algorithm": task.algorithm, "seed": task.seed, "stop": task.stop}
    done = replay(table, SearchSettings.model_validate(document), networks=task.networks)
    rows = [one.network for one in done.ended]
    whole = volumes(table.accuracy[rows], table.size[rows], table.reference)[-1]
    stopped = sum(one.reason is not None for one in done.ended)
    return Found(
        done.reached([0.99])[0].epochs,
        done.ended[-1].spent,
        float(done.volume[-1] / table.volume),
        float(1 - done.volume[-1] / whole),
        stopped,
        round(stopped * (done.wrongly_stopped or 0.0)),
    )


def found_once(task: Task, folder: Path | None) -> Found:
    """Return what a search took, from the folder where it is there."""
    name = f"{task.algorithm}-{task.stop}-{task.networks or 'all'}-{task.seed:03d}.json"
    path = None if folder is None else folder / Path(task.table).stem / name
    if path is not None and path.is_file():
        return Found(**json.loads(path.read_text()))
    found = search(task)
    if path is not None:
        write_whole(path, json.dumps(asdict(found)).encode())
    return found


def searched(
    tasks: Sequence[Task], workers: int, folder: Path | None
) -> Iterator[tuple[Task, Found]]:
    """Do searches and yield them in their order, as they come."""
    if workers == 1:
        yield from ((task, found_once(task, folder)) for task in tasks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from zip(tasks, pool.map(found_once, tasks, [folder] * len(tasks)), strict=True)


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
        Task(name, columns, algorithm, stop, seed, networks or CAPS.get(algorithm))
        for name in names
        for algorithm in algorithms
        for stop in stops
        for seed in range(seeds)
    ]
    curves = {name: load(Task(name, columns, "", "", 0, None)).epochs > 1 for name in names}
    return [task for task in tasks if curves[task.table]]


def compare(found: Iterable[tuple[Task, Found]]) -> dict[str, Any]:
    """Print a line for each rule as soon as its searches are done, and return the figures."""
    figures: dict[str, Any] = {}
    for (table, algorithm), rules in groupby(found, lambda one: (one[0].table, one[0].algorithm)):
        stem, mine = Path(table).stem, dict[str, Any]()
        print(f"\n{stem}, {algorithm} proposes")
        print(
            "stop         epochs to 99 %, quartiles  fewer   all epochs      lost  stopped wrongly"
        )
        for stop, searches in groupby(rules, lambda one: one[0].stop):
            mine[stop] = summary([each for _, each in searches])
            print(line(stop, mine[stop], mine.get("none")), flush=True)
        figures.setdefault(stem, {})[algorithm] = mine
    return figures


def summary(found: Sequence[Found]) -> dict[str, Any]:
    """Return medians over seeds; of the stopped, sums."""
    epochs = [np.inf if each.epochs is None else each.epochs for each in found]
    low, middle, high = (
        None if np.isinf(each) else round(float(each), 1)
        for each in np.percentile(epochs, (25, 50, 75), method="inverted_cdf")
    )
    stopped, wrongly = sum(each.stopped for each in found), sum(each.wrongly for each in found)
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
    print(json.dumps(compare(searched(tasks, options.workers, options.out))))


if __name__ == "__main__":
    main()
