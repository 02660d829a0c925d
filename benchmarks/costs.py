"""How fast sizes are known: whole arrays of points, one architecture at a time, other tools.

    python -m benchmarks.costs [--quick]

Every way gives the params and the macs of networks of the same space, drawn at random; before the
clock starts, they are compared on a few networks. torchinfo and torch's flop counter get modules
on the meta device, which hold no numbers; building the module is part of their time, since there
is nothing to count without it. The last line is a JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode
from torchinfo import summary

from space import Architecture, SearchSpace
from trainers.network import build_stack

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS = 1_000_000
STAGE = {
    "repeat": [1, 2, 3],
    "op": ["conv", "depthwise", "residual"],
    "filters": [8, 16, 24, 32],
    "kernel": [3, 5],
    "stride": [1, 2],
    "pool": ["none", "max"],
}
DOCUMENT = {
    "stages": [STAGE, STAGE, STAGE],
    "head": {"pool": ["flatten", "global_avg"], "hidden": [[], [64]]},
}


def main() -> None:
    """Print a table for people and then one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, within a minute")
    quick = parser.parse_args().quick
    torch.set_num_threads(1)
    space = SearchSpace.from_dict(DOCUMENT, input_shape=(3, 32, 32), classes=10)
    rng = np.random.default_rng(0)
    sizes = [len(dimension.choices) for dimension in space.dimensions]
    points = np.stack([rng.integers(size, size=POINTS) for size in sizes], axis=1)
    valid = points[space.costs(points).valid]
    check(space, valid[:5])
    repeats, networks = (3, 30) if quick else (7, 300)
    rates = {
        "bulk": bulk_rates(space, points, repeats),
        "one by one": rates_of(one_by_one, space, valid, 10 * networks),
        "flop counter": rates_of(by_flop_counter, space, valid, networks),
        "torchinfo": rates_of(by_torchinfo, space, valid, networks),
    }
    print_table(rates)
    print(json.dumps(figures(rates)))


def figures(rates: dict[str, list[float]]) -> dict[str, Any]:
    """Return the medians in points per second, and how many times faster bulk is."""
    median = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "bulk_points_per_s": round(median["bulk"]),
        "bulk_vs_torchinfo": round(median["bulk"] / median["torchinfo"], 1),
        "bulk_vs_flop_counter": round(median["bulk"] / median["flop counter"], 1),
        "bulk_vs_one_by_one": round(median["bulk"] / median["one by one"], 1),
        "points": POINTS,
        "n": {name: len(values) for name, values in rates.items()},
    }


def bulk_rates(space: SearchSpace, points: np.ndarray, repeats: int) -> list[float]:
    """Return points per second of each repetition over all points, after one to warm up."""
    rates = []
    for _ in range(repeats + 1):
        begin = time.perf_counter()
        space.costs(points)
        rates.append(len(points) / (time.perf_counter() - begin))
    return rates[1:]


def rates_of(
    cost: Callable[[Architecture], tuple[int, int]],
    space: SearchSpace,
    points: np.ndarray,
    count: int,
) -> list[float]:
    """Return points per second over each tenth of ``count`` points, after some to warm up."""
    run(cost, space, points[:5])
    parts = np.array_split(points[5 : 5 + count], 10)
    return [len(part) / run(cost, space, part) for part in parts]


def run(
    cost: Callable[[Architecture], tuple[int, int]], space: SearchSpace, points: np.ndarray
) -> float:
    """Return the seconds that these points need."""
    begin = time.perf_counter()
    for point in points.tolist():
        cost(space.build_freely(point))
    return time.perf_counter() - begin


def one_by_one(architecture: Architecture) -> tuple[int, int]:
    """Return params and macs as the architecture tells them."""
    return architecture.params, architecture.macs


def by_torchinfo(architecture: Architecture) -> tuple[int, int]:
    """Return params and multiply-adds as torchinfo tells them, bias counted."""
    with torch.device("meta"):
        module = build_stack(architecture.layers, architecture.input_shape).eval()
    told = summary(module, (1, *architecture.input_shape), device="meta", verbose=0)
    return told.total_params, told.total_mult_adds


def by_flop_counter(architecture: Architecture) -> tuple[int, int]:
    """Return params, and half of the operations that torch counts: a multiply-add is two."""
    with torch.device("meta"):
        module = build_stack(architecture.layers, architecture.input_shape).eval()
        images = torch.zeros(1, *architecture.input_shape)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(images)
    return sum(each.numel() for each in module.parameters()), counter.get_total_flops() // 2


def check(space: SearchSpace, points: np.ndarray) -> None:
    """Raise where two ways do not tell the same."""
    costs = space.costs(points)
    for row, point in enumerate(points.tolist()):
        architecture = space.build_freely(point)
        told = (int(costs.params[row]), int(costs.macs[row]))
        if not told == one_by_one(architecture) == by_flop_counter(architecture):
            raise RuntimeError(f"the costs of {point} differ")
        if told[0] != by_torchinfo(architecture)[0]:
            raise RuntimeError(f"the params of {point} differ")


def print_table(rates: dict[str, list[float]]) -> None:
    """Print the median, the least and the most of each way."""
    print(f"{'points per second':<18}{'median':>12}{'least':>12}{'most':>12}{'runs':>6}")
    for name, values in rates.items():
        median = statistics.median(values)
        print(f"{name:<18}{median:12,.0f}{min(values):12,.0f}{max(values):12,.0f}{len(values):6}")


if __name__ == "__main__":
    main()
