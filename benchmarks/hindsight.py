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
from scipy.linalg import cho_factor, cho_solve

from results.growth import volumes
from search.algorithms.pareto.gain import MARGIN, Staircase
from search.algorithms.pareto.model import accuracy_of, find_kernel, log_error
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
    """Return what each network (n,) is expected to reach by all others, and how far that is off.

    By the inverse of the kernel's matrix (Rasmussen and Williams 2006, "Gaussian processes for
    machine learning", eq. 5.12).
    """
    first = np.unique(table.network, return_index=True)[1]
    size = np.log(table.size)
    choices = TableSpace(table).encode(table.points[first])
    features = np.column_stack([choices, (size - size.min()) / np.ptp(size)])
    some = np.random.default_rng(0).permutation(len(table))[:LEARNT_FROM]
    kernel = find_kernel(features[some], table.accuracy[some])
    errors = log_error(table.accuracy)
    middle, scale = errors.mean(), errors.std()
    inverse = cho_solve(cho_factor(kernel(features)), np.eye(len(table)))
    variance = 1 / np.diag(inverse)
    expected = errors - inverse @ ((errors - middle) / scale) * variance * scale
    return accuracy_of(expected), np.sqrt(variance) * scale * np.exp(expected)


def needed(table: Table, expected: Floats, spread: Floats) -> int:
    """Return the networks to the last share, for one that expects accuracies (n,) like that."""
    size = np.log(table.size)
    end = float(size.max() + MARGIN * np.ptp(size))
    taken = [int(np.argmin(size))]
    while volumes(table.accuracy[taken], table.size[taken], table.reference)[-1] < (
        SHARES[-1] * table.volume
    ):
        floor = float(table.accuracy.min())
        steps = Staircase.of(table.accuracy[taken], size[taken], floor, end)
        gain = steps.expected_gain(expected, spread, size[:, None])
        gain[taken] = -np.inf
        taken.append(int(np.argmax(gain)))
    return len(taken)


def main() -> None:
    """Search by hindsight, print a line for each table, and as the last line the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tables", default=",".join(TABLES), help="names, with commas")
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    figures = {}
    print(f"networks to {SHARES[-1]:.0%}   all others known   all known   predictions off by")
    for name in ["naap"] if options.quick else options.tables.split(","):
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
