"""Predicted training memory against what a fresh process takes.

``python -m benchmarks.memory [--quick]``

Networks are drawn from a space of all operations on images of several shapes, with batches of 32 to
256. Each is trained for an epoch in a process of its own, on a CPU with one thread, with the
settings of a worker. Measured is the peak of the resident set beyond what it was once torch and the
data were there. Prediction by measurement is to be 1 or more above 50 MB, and 2 at most in the
median.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from space import Architecture, SearchSpace
from trainers import Recipe
from trainers.memory import predict_memory

MEGABYTE = 1e6
LARGE = 50 * MEGABYTE
IMAGES = 2048  # half of them to judge by, which is the largest batch for it
SHAPES = ((1, 28, 28), (3, 32, 32), (3, 64, 64), (1, 96, 96))
DOCUMENT = {
    "stages": [
        {
            "repeat": [1, 2],
            "op": ["conv", "residual"],
            "filters": [8, 16, 32, 64],
            "kernel": [3, 5],
            "norm": ["batch", "none"],
            "pool": ["none", "max", "avg"],
        },
        {
            "repeat": [0, 2],
            "op": ["conv", "depthwise", "residual", "inverted"],
            "filters": [16, 32, 64],
            "kernel": [1, 3],
            "stride": [1, 2],
            "pool": ["none", "max"],
        },
    ],
    "head": {"pool": ["flatten", "global_avg"], "hidden": [[], [128]], "dropout": [0.0, 0.25]},
}


@dataclass(frozen=True, slots=True)
class Case:
    """One network and how it is trained."""

    architecture: Architecture
    recipe: Recipe
    images: int


def cases(count: int) -> list[Case]:
    """Draw networks that train on a thousand images within seconds."""
    rng = np.random.default_rng(0)
    drawn: list[Case] = []
    while len(drawn) < count:
        shape = SHAPES[len(drawn) % len(SHAPES)]
        space = SearchSpace.from_dict(
            DOCUMENT, input_shape=shape, classes=10, limits={"macs": 6_000_000}
        )
        batch = int(rng.choice([32, 64, 128, 256]))
        optimizer = str(rng.choice(["adamw", "adadelta", "sgd"]))
        ema = float(rng.choice([0.0, 0.99]))
        recipe = Recipe(epochs=1, batch_size=batch, optimizer=optimizer, ema=ema)
        drawn.append(Case(space.build(space.sample(rng)), recipe, IMAGES))
    return drawn


def measure(document: dict[str, Any]) -> int:
    """Train in this process; return by how many bytes its resident set grew at the peak."""
    import torch  # noqa: PLC0415 - the process that only asks does without

    from trainers import (  # noqa: PLC0415
        ImageData,
        build_network,
        keep_large_blocks,
        measure_memory,
        split,
        train,
    )

    torch.set_num_threads(1)
    keep_large_blocks()
    architecture = Architecture.from_dict(document["architecture"])
    rng = np.random.default_rng(0)
    count = document["images"]
    images = rng.integers(0, 256, (count, *architecture.input_shape), dtype=np.uint8)
    names = tuple(str(number) for number in range(10))
    labels = np.arange(count) % 10
    data = split(ImageData("noise", images, labels, names, images, labels), seed=0, validation=0.5)
    torch.ones(1)
    recipe = Recipe.from_dict(document["recipe"])
    return measure_memory(
        lambda: list(train(build_network(architecture, seed=0), data, recipe, seed=0))
    )


def measure_apart(case: Case) -> int:
    """Do the same in a fresh process."""
    document = {
        "architecture": case.architecture.to_dict(),
        "recipe": case.recipe.to_dict(),
        "images": case.images,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", "--one"],
        input=json.dumps(document),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def compare(count: int) -> None:
    """Print a line for each network, then the summary as JSON."""
    print(f"{'input':>12} {'batch':>5} {'params':>8} {'measured':>9} {'predicted':>9} {'ratio':>6}")
    ratios, large = [], []
    for case in cases(count):
        measured = measure_apart(case)
        predicted = predict_memory(case.architecture, case.recipe, images=case.images)
        ratios.append(predicted / measured)
        if measured > LARGE:
            large.append(ratios[-1])
        shape = "x".join(map(str, case.architecture.input_shape))
        megabytes = f"{measured / MEGABYTE:9.1f} {predicted / MEGABYTE:9.1f}"
        size = f"{case.recipe.batch_size:5} {case.architecture.params:8}"
        print(f"{shape:>12} {size} {megabytes} {ratios[-1]:6.2f}")
    summary = {
        "networks": count,
        "above_50_mb": len(large),
        "least_ratio_above_50_mb": round(min(large), 3) if large else None,
        "median_ratio": round(median(ratios), 3),
        "median_ratio_above_50_mb": round(median(large), 3) if large else None,
    }
    print(json.dumps(summary))


def main() -> None:
    """Read the options, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="4 networks in place of 30")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(measure(json.loads(sys.stdin.read())))
    else:
        compare(4 if options.quick else 30)


if __name__ == "__main__":
    main()
