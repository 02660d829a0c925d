"""How few networks a search could do with whose model knew the accuracy of all others.

Each network of a table is predicted from all the others, by the model of `pareto` with the lengths
that explain the whole table best. A search by those predictions starts with the smallest network
and learns nothing on the way but its front. What it needs to 99 % of the hypervolume is what the
noise of single trainings leaves to be gained by a better model. Beside it stands how few networks
hold as much where every accuracy is known, taken greedily.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import numpy as np

from results.growth import GrowingFront
from search.algorithms.pareto.gain import MARGIN, Staircase
from search.algorithms.pareto.model import Surrogate, find_kernel
from search.replay.curve import ROUNDING
from search.replay.table_space import TableSpace

from ._searches import SHARES, load
from ._tables import TABLES

if TYPE_CHECKING:
    import numpy.typing as npt

    from search.replay import Table

    Floats = npt.NDArray[np.float64]

LEARNT_FROM = 500
"""Networks that lengths are found from, at most."""
SURE = 1e-9


def left_out(table: Table) -> tuple[Floats, Floats]:
    """Return what each network (n,) is expected to reach by all others, and how far that is off."""
    space, size = TableSpace(table), np.log(table.size)
    choices = space.encode(space.networks()[0])
    features = np.column_stack([choices, (size - size.min()) / np.ptp(size)])
    some = np.random.default_rng(0).permutation(len(table))[:LEARNT_FROM]
    kernel = find_kernel(features[some], table.accuracy[some])
    return Surrogate(features, table.accuracy, kernel).left_out()


def needed(table: Table, expected: Floats, spread: Floats | float) -> int:
    """Return the networks to the last share, for one that expects accuracies (n,) like that."""
    size, floor = np.log(table.size), table.reference[0]
    end = float(size.max() + MARGIN * np.ptp(size))
    front, taken = GrowingFront(table.reference), [int(np.argmin(size))]
    while True:
        front.add(float(table.accuracy[taken[-1]]), float(size[taken[-1]]))
        if front.area >= SHARES[-1] * table.volume * (1 - ROUNDING):
            return len(taken)
        steps = Staircase.of(table.accuracy[taken], size[taken], floor, end)
        gain = steps.expected_gain(expected, spread, size[:, None])
        gain[taken] = -np.inf
        taken.append(int(np.argmax(gain)))


def main() -> None:
    """Search by hindsight, print a line for each table, and as the last line the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    figures = {}
    print(f"networks to {SHARES[-1]:.0%}   all others known   all known   predictions off by")
    for name in ["naap"] if options.quick else options.tables:
        table = load(name, None)
        expected, spread = left_out(table)
        others = needed(table, expected, spread)
        every = needed(table, table.accuracy, np.full(len(table), SURE))
        off = float(np.sqrt(np.mean((table.accuracy - expected) ** 2)))
        figures[name] = [others, every]
        print(f"{name:<18}{others:>16}{every:>12}{off:>20.4f}", flush=True)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
