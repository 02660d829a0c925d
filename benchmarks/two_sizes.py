"""Accuracy against params and macs at once: how many networks it takes to most of the volume.

Run ``python -m benchmarks.two_sizes``. The digits table is searched by `pareto`, `nsga2` and
`random`, which are told both sizes, and by `pareto` with params alone; the volume is that of
accuracy against the logarithms of both, from the least accuracy and the largest sizes.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from results import hypervolume, is_front
from search.algorithms import Outcome, choose_algorithm
from search.algorithms.sizer import Formula
from search.job import SearchSettings
from search.replay.read import Columns, read_table
from search.replay.table_space import TableSpace

from ._tables import HERE

if TYPE_CHECKING:
    import numpy.typing as npt

    from search.replay.measured import Table
    from space import Point, SearchSpace

SHARES = (0.9, 0.95, 0.98, 0.99)
SIZES = ("params", "macs")
SEARCHES = (("pareto", 2, 220), ("pareto", 1, 220), ("nsga2", 2, 600), ("random", 2, 1_500))
"""Algorithms, how many sizes they are told, and how many networks they may train."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network of the table."""

    number: int
    params: float
    macs: float

    @property
    def fingerprint(self) -> str:
        """The identity of the network."""
        return str(self.number)


class TwoSizes:
    """The space of a table whose networks have two sizes, of which an algorithm sees some."""

    def __init__(self, tables: tuple[Table, Table], seen: int) -> None:
        self.space, self._seen = TableSpace(tables[0]), seen
        self._others = TableSpace(tables[1])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.space, name)

    def take(self, network: int) -> None:
        """Note that a network is trained."""
        self.space.take(network)
        self._others.take(network)

    def build(self, point: Point) -> Network:
        """Return the network of a point of the table."""
        first, other = self.space.build(point), self._others.build(point)
        return Network(first.number, first.size, other.size)

    def networks(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return a point for each network that is free, and what is seen of their sizes."""
        points, first = self.space.networks()
        both = np.hstack([first, self._others.networks()[1]])
        return points, both[:, : self._seen]


def search(tables: tuple[Table, Table], name: str, seen: int, most: int, seed: int) -> list[float]:
    """Return the networks to each share of the true volume, infinite where it was not reached."""
    space, table = TwoSizes(tables, seen), tables[0]
    settings = SearchSettings.model_validate({"algorithm": name, "seed": seed})
    sizers = [Formula(size) for size in SIZES[:seen]]
    algorithm = choose_algorithm(settings, cast("SearchSpace", space), (), sizers)
    logs = np.log(np.column_stack([each.size for each in tables]))
    floor, ends = float(np.nanmin(table.accuracy)), logs.max(axis=0)
    true, done, reached = _volume(table.accuracy, logs, floor, ends), list[int](), list[float]()
    while len(done) < most and len(reached) < len(SHARES):
        proposal = algorithm.ask()
        if proposal is None:
            break
        number = int(proposal.fingerprint)
        space.take(number)
        done.append(number)
        algorithm.tell(Outcome(proposal, float(table.accuracy[number])))
        share = _volume(table.accuracy[done], logs[done], floor, ends) / true
        reached += [len(done) for each in SHARES[len(reached) :] if share >= each]
    return reached + [np.inf] * (len(SHARES) - len(reached))


def _volume(accuracy: Any, logs: Any, floor: float, ends: Any) -> float:
    return hypervolume(accuracy, logs, reference_accuracy=floor, reference_size=ends)


def main() -> None:
    """Print the median of each search, then all as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one seed of `pareto` alone")
    options = parser.parse_args()
    file = HERE / "digits.parquet"
    tables = read_table(file, Columns(size="params")), read_table(file, Columns(size="macs"))
    logs = np.column_stack([each.size for each in tables])
    members = int(is_front(tables[0].accuracy, logs).sum())
    print(f"{len(logs):,} networks, {members} on the front of all three")
    found = {}
    for name, seen, most in SEARCHES[: 1 if options.quick else None]:
        seeds = range(1 if options.quick else options.seeds)
        every = [search(tables, name, seen, most, seed) for seed in seeds]
        label = f"{name}, {' and '.join(SIZES[:seen])}"
        found[label] = np.median(every, axis=0).tolist()
        told = "  ".join(f"{one:>7g}" for one in found[label])
        print(f"{label:24} {told}   (of {most:,} at most, {len(every)} seeds)", flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
