"""A training that was killed and goes on ends with the weights of one that never was."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
import torch

from space import InputError
from tests.trainers.test_loop import numbers
from trainers import (
    EpochReport,
    ImageData,
    Recipe,
    build_network,
    load_data,
    save_weights,
    split,
    train,
)
from trainers.checkpoint import checkpoint_epoch
from trainers.recipe import OPTIMIZERS, SCHEDULES

if TYPE_CHECKING:
    from pathlib import Path

    from space import Architecture
    from trainers import Split
    from trainers.stack import Network

EPOCHS, BATCH = 3, 180  # of the whole train part: 6 steps an epoch
RATES = {"adadelta": 1.0, "sgd": 0.05}


class Killed(BaseException):
    """Stands for the end of the process."""


def run(
    architecture: Architecture,
    cut: Split,
    recipe: Recipe,
    checkpoint: Path | None = None,
    *,
    kill_at: int = -1,
) -> tuple[Network, list[EpochReport]]:
    network = build_network(architecture, seed=0)
    steps = 0

    def count(*_: Any) -> None:
        nonlocal steps
        if network.training:
            if steps == kill_at:
                raise Killed
            steps += 1

    network.register_forward_pre_hook(count)
    reports: list[EpochReport] = []
    with suppress(Killed):
        reports.extend(train(network, cut, recipe, seed=4, checkpoint=checkpoint))
    return network, reports


def equal(one: Network, other: Network) -> bool:
    pairs = zip(one.state_dict().items(), other.state_dict().items(), strict=True)
    return all(a == b and torch.equal(x, y) for (a, x), (b, y) in pairs)


@pytest.fixture(scope="module")
def few(digits: ImageData) -> Split:
    """270 images to train on: with batches of 45, 6 steps an epoch."""
    some = ImageData("few", digits.images[:450], digits.labels[:450], digits.class_names)
    return split(some, seed=3)


@pytest.mark.parametrize("variant", list(product(OPTIMIZERS, SCHEDULES, (0.0, 0.9))))
def test_killed_anywhere_it_ends_the_same(
    small: Architecture, few: Split, tmp_path: Path, variant: tuple[str, str, float]
) -> None:
    optimizer, schedule, ema = variant
    recipe = Recipe(
        optimizer=optimizer,
        schedule=schedule,
        ema=ema,
        learning_rate=RATES.get(optimizer, 0.005),
        epochs=EPOCHS,
        batch_size=45,
        augment="shift+rotate+mixup",
        gradient_clip=1.0,
    )
    whole, expected = run(small, few, recipe)
    path = tmp_path / "checkpoint.safetensors"
    told: list[EpochReport] = []
    # Somewhere in the first epoch, then somewhere in what was left.
    draw = random.Random(str(variant))
    for kill_at in (draw.randrange(6), draw.randrange(6, 12), -1):
        resumed, reports = run(small, few, recipe, path, kill_at=kill_at)
        told += reports
    assert equal(whole, resumed)
    assert [numbers(each) for each in told] == [numbers(each) for each in expected]


def test_plain_sgd_and_a_finished_training(
    small: Architecture, digits_split: Split, tmp_path: Path
) -> None:
    recipe = Recipe(optimizer="sgd", momentum=0.0, epochs=2, batch_size=BATCH)
    whole, _ = run(small, digits_split, recipe)
    for _ in range(2):  # the second has nothing left to do
        again, reports = run(small, digits_split, recipe, tmp_path / "c")
        assert equal(whole, again)
    assert reports == []
    assert [file.name for file in tmp_path.iterdir()] == ["c"]


ALONE = """
import json, os, signal, sys, torch
from pathlib import Path
from space import Architecture
from trainers import Recipe, build_network, load_data, split, train
torch.set_num_threads(1)
architecture = Architecture.from_dict(json.loads(input()))
recipe = Recipe.from_dict(json.loads(input()))
folder, left = Path(sys.argv[1]), int(sys.argv[2])
network = build_network(architecture, seed=0)
def count(*_):
    global left
    if network.training and left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= network.training
network.register_forward_pre_hook(count)
cut = split(load_data("digits"), seed=3)
for report in train(network, cut, recipe, seed=4, checkpoint=folder / "checkpoint"):
    print(report.epoch, flush=True)
"""


@pytest.mark.parametrize(
    ("optimizer", "kill_at"), [("adamw", 10), pytest.param("sgd", 17, marks=pytest.mark.slow)]
)
def test_a_process_killed_for_good(
    small: Architecture, digits_split: Split, tmp_path: Path, optimizer: str, kill_at: int
) -> None:
    recipe = Recipe(
        optimizer=optimizer,
        learning_rate=RATES.get(optimizer, 0.005),
        epochs=EPOCHS,
        batch_size=BATCH,
        ema=0.9,
        augment="shift",
    )
    documents = "\n".join(json.dumps(each.to_dict()) for each in (small, recipe))
    killed = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path), str(kill_at)],
        input=documents,
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    told = [int(epoch) for epoch in killed.stdout.split()]
    assert told == list(range(1, kill_at // 6 + 1))
    resumed, reports = run(small, digits_split, recipe, tmp_path / "checkpoint")
    assert [report.epoch for report in reports] == list(range(len(told) + 1, EPOCHS + 1))
    whole, _ = run(small, digits_split, recipe)
    assert equal(whole, resumed)


def test_a_checkpoint_of_another_training_is_refused(
    small: Architecture, digits_split: Split, tmp_path: Path
) -> None:
    recipe = Recipe(epochs=1, batch_size=BATCH)
    path = tmp_path / "checkpoint"
    run(small, digits_split, recipe, path)
    other_split = split(load_data("digits"), seed=9)
    for cut, changed, seed, name in (
        (digits_split, replace(recipe, momentum=0.5), 4, "recipe"),
        (digits_split, recipe, 5, "seed"),
        (other_split, recipe, 4, "split"),
        (replace(digits_split, data_hash="0"), recipe, 4, "data"),
    ):
        network = build_network(small, seed=0)
        with pytest.raises(InputError, match=f"must be of the same {name}"):
            next(train(network, cut, changed, seed=seed, checkpoint=path))
    narrow = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    with pytest.raises(InputError, match="must have the shape"):
        next(train(narrow, digits_split, recipe, seed=4, checkpoint=path))
    save_weights(build_network(small, seed=0), path)
    with pytest.raises(InputError, match="must be a checkpoint of a training"):
        next(train(build_network(small, seed=0), digits_split, recipe, seed=4, checkpoint=path))


def test_a_checkpoint_on_request_is_of_the_report_that_was_given(
    small: Architecture, few: Split, tmp_path: Path
) -> None:
    recipe, path = Recipe(epochs=EPOCHS, batch_size=BATCH), tmp_path / "state"

    def begun() -> tuple[Network, Any]:
        network = build_network(small, seed=0)
        options: dict[str, Any] = {"checkpoint": path, "checkpoint_always": False}
        return network, train(network, few, recipe, seed=4, **options)

    whole, reports = begun()
    told = [numbers(report) for report in reports]
    assert not path.exists()
    _, first = begun()
    assert [numbers(next(first)) for _ in range(2)] == told[:2]
    assert numbers(first.send(True)) == told[1]
    assert checkpoint_epoch(path) == 2
    first.close()
    again, rest = begun()
    assert [numbers(report) for report in rest] == told[2:]
    assert equal(again, whole)
