"""Whether training-free signals tell anything that choices and size do not.

Takes networks of a recorded table, measures their signals at initialisation on one batch, and asks
how each signal goes with accuracy, with size, and with what the model of `pareto` is off by on
networks that it has not seen: near 0 there, a signal has nothing left to say. Rank correlations are
Spearman's; the last are means over draws of which networks the model knows.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from scipy.stats import spearmanr

from search.algorithms.pareto.model import Surrogate, find_kernel
from trainers import build_network
from trainers.measurement import Signals, measure_signals
from trainers.resident import input_batches, make_resident

from .record import drawn, plan_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

HERE = Path(__file__).parent
BATCH = 64
NAMES = tuple(Signals.__dataclass_fields__)


def signals_of(data: str, count: int) -> tuple[Floats, float]:
    """Return the signals (n, 4) of the first networks of a recording, and ms for one network."""
    plan, device = plan_of(data), torch.device("cpu")
    shown = make_resident(plan.split.train, plan.split, device)
    images, labels = next(input_batches(shown, BATCH))
    began, found = time.perf_counter(), []
    for number, (_, architecture) in enumerate(drawn(data, count)):
        network = build_network(architecture, seed=number)
        found.append(list(asdict(measure_signals(network, images, labels)).values()))
    return np.array(found), 1000 * (time.perf_counter() - began) / count


def left_over(
    signals: Floats, features: Floats, accuracy: Floats, known: int, draws: int
) -> Floats:
    """Return how each signal (n, s) goes with the errors of the model on networks left out (s,).

    Args:
        signals: (n, s)
        features: (n, f) of the model, the last one the size.
        accuracy: (n,)
        known: How many networks the model learns from.
        draws: How often they are drawn.
    """
    found = []
    for draw in range(draws):
        order = np.random.default_rng(draw).permutation(len(accuracy))
        seen, left = order[:known], order[known:]
        kernel = find_kernel(features[seen], accuracy[seen])
        mean, _ = Surrogate(features[seen], accuracy[seen], kernel).predict(features[left])
        off = accuracy[left] - mean
        found.append([spearmanr(each[left], off).statistic for each in signals.T])
    return np.mean(found, axis=0)


def main() -> None:
    """Measure, print a table for people, and as the last line the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", default="digits", help="a name in recordings with its table")
    parser.add_argument("--networks", type=int, default=600, help="of the table, the first ones")
    parser.add_argument("--draws", type=int, default=20, help="of the networks that are known")
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    count, draws = (80, 2) if options.quick else (options.networks, options.draws)
    torch.set_num_threads(1)
    networks = drawn(options.data, count)
    space, points = plan_of(options.data).space, np.array([point for point, _ in networks])
    frame = pd.read_parquet(HERE / f"tables/{options.data}.parquet").groupby("number").first()
    told = frame.set_index("fingerprint")["accuracy"]
    accuracy = np.array([told[each.fingerprint][-1] for _, each in networks], dtype=np.float64)
    size = np.log([each.params for _, each in networks])
    signals, milliseconds = signals_of(options.data, count)
    signals = np.where(np.isnan(signals), np.nanmin(signals, axis=0), signals)
    features = np.column_stack([space.encode(points), (size - size.min()) / np.ptp(size)])
    known = [20] if options.quick else [20, 50, 100]
    print(f"{count} networks of {options.data}; {milliseconds:.0f} ms for the signals of one")
    print("rank correlation with   accuracy   log size   errors of the model that knows")
    print(" " * 46 + "".join(f"{each:>10}" for each in known) + " networks")
    over = [left_over(signals, features, accuracy, each, draws) for each in known]
    figures = {}
    for at, name in enumerate(NAMES):
        told = [spearmanr(signals[:, at], other).statistic for other in (accuracy, size)]
        told += [each[at] for each in over]
        figures[name] = [round(float(each), 3) for each in told]
        print(
            f"{name:<20}{told[0]:>12.3f}{told[1]:>11.3f}   "
            + "".join(f"{e:>10.3f}" for e in told[2:])
        )
    print(json.dumps({"ms": round(milliseconds, 1), **figures}))


if __name__ == "__main__":
    main()
