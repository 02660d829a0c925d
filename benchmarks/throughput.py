"""Training speed: a tutorial's loop, a bare loop by hand, and ours, epoch by epoch in turn.

``python -m benchmarks.throughput [--quick] [--data npz:PATH] [--threads 1]``

Each loop has a process of its own, so that memory settings of one do not serve another. All train
the same network with the same batch and threads, and validate at the end of each epoch:

- tutorial: a DataLoader over a Dataset that turns one image at a time into a tensor;
- bare: batches indexed from one resident tensor, channels last, glibc's thresholds, max pooling
  before ReLU and a fused optimizer, written by hand in 25 lines;
- ours: ``trainers.train`` with its reports, and a checkpoint after each epoch.

Images a second are training images by the seconds of a whole epoch, validation and checkpoint
included. Ratios are taken within a round and are medians over the rounds. ``warm_start_ms`` is what
a worker that has trained before needs from an architecture to the first step.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from space import Architecture
from space.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from trainers import (
    ImageData,
    Recipe,
    build_network,
    keep_large_blocks,
    load_data,
    split,
    train,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from trainers import Part, Split

EPOCHS = 1000  # more than are ever asked for
RATE = 1e-3
SHAPE = (1, 28, 28)
NETWORKS = {
    "lenet": Architecture(
        SHAPE,
        10,
        (
            *(Conv2d(6, 5, padding=2), ReLU(), MaxPool2d(2)),
            *(Conv2d(16, 5), ReLU(), MaxPool2d(2), Flatten()),
            *(Linear(120), ReLU(), Linear(84), ReLU(), Linear(10)),
        ),
    ),
    "20k": Architecture(
        SHAPE,
        10,
        (
            *(Conv2d(16, 3, padding=1), ReLU(), MaxPool2d(2)),
            *(Conv2d(32, 3, padding=1), ReLU(), MaxPool2d(2)),
            *(Flatten(), Linear(10)),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What all loops share."""

    source: str | None
    images: int
    batch: int
    threads: int
    rounds: int


class Images(Dataset[tuple[Tensor, int]]):
    """A data set as tutorials write it, with torchvision's MNIST, ToTensor and Normalize.

    Step by step what these three do to one image, checks included: picture, tensor, normalised.
    """

    def __init__(self, part: Part, mean: float, std: float) -> None:
        self.images, self.labels = torch.tensor(part.images[:, 0]), torch.tensor(part.labels)
        self.mean, self.std = (mean,), (std,)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        """Return one image and its class."""
        image, label = self.images[index], int(self.labels[index])
        return self.normalised(to_tensor(Image.fromarray(image.numpy()))), label

    def normalised(self, image: Tensor) -> Tensor:
        """Return (image - mean) / std of each channel."""
        image = image.clone()
        mean = torch.as_tensor(self.mean, dtype=image.dtype, device=image.device)
        std = torch.as_tensor(self.std, dtype=image.dtype, device=image.device)
        if (std == 0).any():
            raise ValueError("a deviation is 0")
        return image.sub_(mean.view(-1, 1, 1)).div_(std.view(-1, 1, 1))


def to_tensor(picture: Image.Image) -> Tensor:
    """Return a picture as (C, H, W), from 0 to 1."""
    image = torch.from_numpy(np.array(picture, np.uint8, copy=True))
    width, height = picture.size
    image = image.view(height, width, len(picture.getbands())).permute(2, 0, 1).contiguous()
    return image.to(torch.get_default_dtype()).div(255)


def tutorial(architecture: Architecture, data: Split, batch: int) -> Iterator[None]:
    """Train as tutorials do."""
    network = nn.Sequential(*build_network(architecture, seed=0).layers)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE)
    loss_function = nn.CrossEntropyLoss()
    sets = (Images(part, data.mean[0], data.std[0]) for part in (data.train, data.validation))
    fit, held_out = (DataLoader(each, batch_size=batch, shuffle=True) for each in sets)
    while True:
        network.train()
        total = 0.0
        for images, labels in fit:
            optimizer.zero_grad()
            loss = loss_function(network(images), labels)
            loss.backward()
            optimizer.step()
            total += loss.item()
        network.eval()
        with torch.no_grad():
            right = sum(int((network(x).argmax(1) == y).sum()) for x, y in held_out)
        check(right, len(data.validation))
        yield


def bare(architecture: Architecture, data: Split, batch: int) -> Iterator[None]:
    """Train by hand, with all that makes it fast and nothing else."""
    keep_large_blocks()
    layers = build_network(architecture, seed=0).layers
    network = nn.Sequential(*(layers[index] for index in layers.order))
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, fused=True)
    pixels, labels = torch.tensor(data.train.images), torch.tensor(data.train.labels)
    shown, truth = torch.tensor(data.validation.images), torch.tensor(data.validation.labels)
    mean, std = 255 * data.mean[0], 255 * data.std[0]
    while True:
        network.train()
        for chosen in torch.split(torch.randperm(len(labels)), batch):
            images = pixels[chosen].to(torch.float32).sub_(mean).div_(std)
            loss = functional.cross_entropy(network(images), labels[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        network.eval()
        right = 0
        with torch.inference_mode():
            for some, classes in zip(
                torch.split(shown, 1024), torch.split(truth, 1024), strict=True
            ):
                images = some.to(torch.float32).sub_(mean).div_(std)
                right += int((network(images).argmax(1) == classes).sum())
        check(right, len(truth))
        yield


def ours(architecture: Architecture, data: Split, batch: int) -> Iterator[None]:
    """Train as a worker does, and keep a checkpoint after each epoch."""
    keep_large_blocks()
    network = build_network(architecture, seed=0)
    recipe = Recipe(
        epochs=EPOCHS, batch_size=batch, learning_rate=RATE, schedule="constant", label_smoothing=0
    )
    with tempfile.TemporaryDirectory() as folder:
        for report in train(network, data, recipe, seed=0, checkpoint=Path(folder) / "state"):
            check(round(report.accuracy * len(data.validation)), len(data.validation))
            yield


LOOPS: dict[str, Callable[[Architecture, Split, int], Iterator[None]]] = {
    "tutorial": tutorial,
    "bare": bare,
    "ours": ours,
}


def check(right: int, count: int) -> None:
    """Refuse to measure a loop that learns nothing: these classes are easy to tell apart."""
    if right < count / 2:
        raise RuntimeError(f"only {right} of {count} validation images were classified rightly")


def load(setting: Setting) -> Split:
    """Return the data that the setting names, or classes of noisy patterns in MNIST's shape."""
    if setting.source is not None:
        return split(load_data(setting.source), seed=0)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, setting.images)
    patterns = rng.integers(0, 256, (10, *SHAPE))
    noise = rng.integers(0, 256, (setting.images, *SHAPE), dtype=np.uint8)
    images = ((patterns[labels] + noise) // 2).astype(np.uint8)
    names = tuple(str(number) for number in range(10))
    data = ImageData("synthetic", images, labels, names, images[:10], labels[:10])
    return split(data, seed=0)


def serve(loop: str, setting: Setting, pipe: Connection) -> None:
    """Train an epoch of a network at each message; answer images a second, then by CPU time."""
    torch.set_num_threads(setting.threads)
    data = load(setting)
    running = {
        name: LOOPS[loop](network, data, setting.batch) for name, network in NETWORKS.items()
    }
    pipe.send(len(data.train))
    with suppress(EOFError):
        while True:
            name = pipe.recv()
            if name == "warm start":
                pipe.send(warm_start(data))
                continue
            started, worked = time.perf_counter(), time.process_time()
            next(running[name])
            seconds = time.perf_counter() - started
            used = time.process_time() - worked
            pipe.send((len(data.train) / seconds, len(data.train) / used))


def warm_start(data: Split) -> float:
    """Return the milliseconds from an architecture to the first step: build, place, prepare."""
    took = []
    for seed, architecture in enumerate([*NETWORKS.values()] * 5):
        started = time.perf_counter()
        network = build_network(architecture, seed=seed)
        report = next(train(network, data, Recipe(epochs=1, batch_size=1024), seed=seed))
        took.append(time.perf_counter() - started - report.seconds)
    return 1000 * median(took)


def ask(pipe: Connection, message: str) -> Any:
    """Send a message to a loop's process and return its answer."""
    pipe.send(message)
    return pipe.recv()


def measure(setting: Setting) -> tuple[dict[tuple[str, str], list[tuple[float, float]]], float]:
    """Run all loops in turn; return their speeds by network and loop, and the warm start."""
    context = multiprocessing.get_context("spawn")
    pipes: dict[str, Connection] = {}
    for loop in LOOPS:
        pipes[loop], far = context.Pipe()
        context.Process(target=serve, args=(loop, setting, far), daemon=True).start()
        far.close()
    images = {pipe.recv() for pipe in pipes.values()}
    print(f"{images.pop()} training images, batch {setting.batch}, {setting.threads} thread(s)")
    speeds: dict[tuple[str, str], list[tuple[float, float]]] = {}
    loops = list(LOOPS)
    for turn in range(setting.rounds + 1):
        # Another loop goes first in each round, so that none always meets a warmer machine.
        order = loops[turn % len(loops) :] + loops[: turn % len(loops)]
        for network in NETWORKS:
            for loop in order:
                speed = ask(pipes[loop], network)
                if turn:  # the first round warms up
                    speeds.setdefault((network, loop), []).append(speed)
    return speeds, ask(pipes["ours"], "warm start")


def ratio(ours: list[tuple[float, float]], other: list[tuple[float, float]], kind: int) -> float:
    """Return the median over rounds of one loop's speed by the other's."""
    return round(median(a[kind] / b[kind] for a, b in zip(ours, other, strict=True)), 3)


def report(speeds: dict[tuple[str, str], list[tuple[float, float]]], warm: float) -> None:
    """Print a line for each network and loop, then all as JSON."""
    print(f"{'network':8} {'loop':10} {'images/s':>9} {'quartiles':>15} {'by CPU time':>12}")
    for (network, loop), values in speeds.items():
        wall, worked = zip(*values, strict=True)
        low, middle, high = quantiles(wall, n=4)
        spread = f"{low:.0f}-{high:.0f}"
        print(f"{network:8} {loop:10} {middle:9.0f} {spread:>15} {median(worked):12.0f}")
    result: dict[str, Any] = {}
    for kind, suffix in ((0, ""), (1, "_cpu_time")):
        for loop in ("bare", "tutorial"):
            result[f"vs_{loop}{suffix}"] = {
                network: ratio(speeds[network, "ours"], speeds[network, loop], kind)
                for network in NETWORKS
            }
    print(json.dumps({**result, "warm_start_ms": round(warm, 2)}))


def main() -> None:
    """Read the options, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer images and rounds")
    parser.add_argument("--data", metavar="npz:PATH", help="28x28 grey images in ten classes")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    images, rounds = (5_000, 5) if options.quick else (30_000, 9)
    report(*measure(Setting(options.data, images, options.batch, options.threads, rounds)))


if __name__ == "__main__":
    main()
