"""How long a decision of each algorithm takes, after so many trials were told.

On a space of some two million networks of digits, with a made-up accuracy that grows with size;
each figure is the median of a few decisions in a row, each of them told before the next.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING

import numpy as np

from search.algorithms import Outcome, Proposal, choose_algorithm
from search.job import SearchSettings

from .record import drawn, plan_of

if TYPE_CHECKING:
    from space import SearchSpace


def accuracy(proposal: Proposal, rng: np.random.Generator) -> float:
    """Return a made-up accuracy: it grows with size and macs, with noise."""
    network = proposal.architecture
    grown = 0.99 - 2.0 / np.sqrt(network.params) - 5.0 / np.sqrt(network.macs)
    return float(np.clip(grown + rng.normal(0, 0.005), 0.1, 1.0))


def milliseconds(
    space: SearchSpace, name: str, told: list[Proposal], decisions: int, also: str | None
) -> list[float]:
    """Return how long some decisions take, one after the other, after ``told``."""
    rng = np.random.default_rng(0)
    settings = SearchSettings.model_validate({"algorithm": name, "also": also})
    algorithm = choose_algorithm(settings, space)
    for proposal in told:
        algorithm.recall(proposal)
        algorithm.tell(Outcome(proposal, accuracy(proposal, rng)))
    taken = []
    for _ in range(decisions):
        began = time.perf_counter()
        proposal = algorithm.ask()
        taken.append(1000 * (time.perf_counter() - began))
        if proposal is not None:
            algorithm.tell(Outcome(proposal, accuracy(proposal, rng)))
    return taken


def main() -> None:
    """Print a table, and as the last line the medians as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    parser.add_argument("--algorithms", default="pareto,tpe,nsga2", help="names, with commas")
    parser.add_argument("--told", default="100,1000,5000", help="numbers of trials, with commas")
    parser.add_argument("--decisions", type=int, default=5, help="decisions after each")
    parser.add_argument("--also", help="a second size, such as macs")
    options = parser.parse_args()
    counts = [100, 500] if options.quick else [int(each) for each in options.told.split(",")]
    names = ["pareto"] if options.quick else options.algorithms.split(",")
    space = plan_of("digits").space
    proposals = [Proposal(*each) for each in drawn("digits", max(counts))]
    figures: dict[str, dict[int, float]] = {}
    print("ms a decision (median, least, most)")
    for name in names:
        for count in counts:
            taken = milliseconds(space, name, proposals[:count], options.decisions, options.also)
            figures.setdefault(name, {})[count] = round(float(np.median(taken)), 1)
            words = "".join(f"{each:>10.1f}" for each in (np.median(taken), min(taken), max(taken)))
            print(f"{name:<8}{count:>6} told{words}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
