"""The training loop: what it learns, what it repeats, how it fails."""

from __future__ import annotations

import json
import math
import pickle
import subprocess
import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.trainers.conftest import coloured
from trainers import (
    EpochReport,
    Recipe,
    TrainingFailure,
    build_network,
    evaluate,
    split,
    train,
)
from trainers.data.parts import Part, seal
from trainers.optimizers import make_optimizer
from trainers.resident import make_resident
from trainers.schedules import rate_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from space import Architecture
    from trainers import Split

SHORT = Recipe(epochs=2, augment="shift")


def numbers(report: EpochReport) -> dict[str, float]:
    """All of a report but its times."""
    told = asdict(report)
    del told["seconds"], told["images_per_second"]
    return told


def test_the_default_recipe_learns_digits(small: Architecture, digits_split: Split) -> None:
    network = build_network(small, seed=0)
    reports = list(train(network, digits_split, Recipe(), seed=0))
    assert [report.epoch for report in reports] == list(range(1, 31))
    assert reports[-1].accuracy >= 0.97
    assert reports[-1].train_loss < reports[0].train_loss
    part = digits_split.test.open(reason="this is a test")
    assert evaluate(network, part, digits_split).accuracy >= 0.95


def test_a_report_speaks_of_the_weights_at_its_epochs_end(
    small: Architecture, digits_split: Split
) -> None:
    network = build_network(small, seed=0)
    part = digits_split.validation
    for report in train(network, digits_split, SHORT, seed=0):
        assert not network.training
        now = evaluate(network, part, digits_split)
        assert (now.accuracy, now.loss) == (report.accuracy, report.loss)
        # The same by hand, without batches.
        mean, std = digits_split.mean[0], digits_split.std[0]
        images = torch.tensor(((part.images / 255 - mean) / std).astype(np.float32))
        logits = network(images).detach()
        labels = torch.tensor(part.labels)
        assert report.accuracy == (logits.argmax(1) == labels).double().mean().item()
        loss = nn.functional.cross_entropy(logits, labels).item()
        assert report.loss == pytest.approx(loss, rel=1e-4)


ALONE = """
import json, torch
from dataclasses import asdict
from space import Architecture
from trainers import Recipe, build_network, load_data, split, train
torch.set_num_threads(1)
architecture = Architecture.from_dict(json.loads(input()))
recipe = Recipe.from_dict(json.loads(input()))
cut = split(load_data("digits"), seed=3)
for report in train(build_network(architecture, seed=5), cut, recipe, seed=6):
    print(json.dumps(asdict(report)))
"""


def test_a_used_process_repeats_a_fresh_one(small: Architecture, digits_split: Split) -> None:
    """Warnings are errors in the fresh process, where none has been given before."""
    documents = [json.dumps(small.to_dict()), json.dumps(SHORT.to_dict())]
    fresh = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE],
        input="\n".join(documents),
        capture_output=True,
        text=True,
        check=False,
    )
    assert fresh.returncode == 0, fresh.stderr
    expected = [numbers(EpochReport(**json.loads(line))) for line in fresh.stdout.splitlines()]

    torch.manual_seed(99)
    other = train(build_network(small, seed=1), digits_split, SHORT, seed=2)
    found = []
    for report in train(build_network(small, seed=5), digits_split, SHORT, seed=6):
        found.append(numbers(report))
        next(other)
        torch.rand(7)
    assert found == expected


def test_a_pickled_split_lies_in_memory_as_the_one_it_came_from(digits_split: Split) -> None:
    """The strides decide which kernels torch takes, and so the last bits."""
    splits = (digits_split, pickle.loads(pickle.dumps(digits_split)))
    for part in ("train", "validation"):
        one, other = (
            make_resident(getattr(each, part), each, torch.device("cpu")).pixels for each in splits
        )
        assert torch.equal(one, other)
        assert one.stride() == other.stride()


def test_training_disturbs_no_random_numbers(small: Architecture, digits_split: Split) -> None:
    before = torch.get_rng_state()
    list(train(build_network(small, seed=0), digits_split, SHORT, seed=0))
    assert torch.equal(torch.get_rng_state(), before)


def test_another_seed_is_another_training(small: Architecture, digits_split: Split) -> None:
    first, other = (
        next(train(build_network(small, seed=0), digits_split, SHORT, seed=seed)) for seed in (0, 1)
    )
    assert first.train_loss != other.train_loss


def test_the_test_part_plays_no_role(small: Architecture, digits_split: Split) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (359, 1, 8, 8), dtype=np.uint8)
    sealed = seal(Part(noise, np.zeros(359, np.int64)))
    results = []
    for cut in (digits_split, replace(digits_split, test=sealed)):
        network = build_network(small, seed=0)
        reports = [numbers(report) for report in train(network, cut, SHORT, seed=0)]
        results.append((reports, network.state_dict()))
    assert results[0][0] == results[1][0]
    for name, tensor in results[0][1].items():
        assert torch.equal(tensor, results[1][1][name])


def test_shared_arrays_are_only_read(small: Architecture, digits_split: Split) -> None:
    # Writable, so that a write would succeed, and show.
    parts = [
        Part(part.images.copy(), part.labels.copy())
        for part in (digits_split.train, digits_split.validation)
    ]
    shared = replace(digits_split, train=parts[0], validation=parts[1])
    for augment in ("none", "shift", "cutout+flip+mixup+rotate"):
        recipe = replace(SHORT, augment=augment)
        list(train(build_network(small, seed=0), shared, recipe, seed=0))
    for part, original in zip(parts, (digits_split.train, digits_split.validation), strict=True):
        assert part.images.flags.writeable
        assert np.array_equal(part.images, original.images)
        assert np.array_equal(part.labels, original.labels)


class Watcher(nn.Module):
    """A linear network that keeps what it is shown while training."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, classes)
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        if self.training:
            self.seen.append(images.detach().clone())
        return self.linear(images.flatten(1))


def test_an_epoch_shows_each_image_once_in_equal_batches() -> None:
    cut = split(coloured(110), seed=0)
    watcher = Watcher(3 * 6 * 5, 2)
    recipe = Recipe(epochs=2, batch_size=65)
    list(train(watcher, cut, recipe, seed=0))
    # 66 images: not 65 and 1, with which batch normalisation could not work.
    assert [len(batch) for batch in watcher.seen] == [33] * 4
    resident = make_resident(cut.train, cut, torch.device("cpu"))
    pixels = resident.pixels.permute(0, 3, 1, 2)
    epochs = [torch.cat(watcher.seen[:2]), torch.cat(watcher.seen[2:])]
    for epoch in epochs:
        back = ((epoch - resident.offset) / resident.scale).round().to(torch.uint8)
        assert sorted(map(bytes, back.numpy())) == sorted(map(bytes, pixels.numpy()))
    assert not torch.equal(*epochs)


@pytest.mark.parametrize("optimizer", ["adadelta", "adam", "adamw", "sgd"])
@pytest.mark.parametrize("schedule", ["constant", "cosine", "one_cycle", "step"])
def test_every_optimizer_and_schedule_learns(
    small: Architecture, digits_split: Split, optimizer: str, schedule: str
) -> None:
    rate = {"adadelta": 1.0, "sgd": 0.05}.get(optimizer, 0.005)
    recipe = Recipe(optimizer=optimizer, learning_rate=rate, schedule=schedule, epochs=4)
    *_, last = train(build_network(small, seed=0), digits_split, recipe, seed=0)
    assert last.accuracy > 0.8


def test_schedules() -> None:
    steps = np.arange(1000) / 1000
    for recipe, first, half, last in (
        (Recipe(schedule="constant"), 1, 1, 1),
        (Recipe(schedule="constant", warmup=0.25), 0.04, 1, 1),
        (Recipe(schedule="cosine"), 1, 0.5, 0),
        (Recipe(schedule="cosine", warmup=0.25), 0.04, 0.75, 0),
        (Recipe(schedule="one_cycle"), 0.04, 0.75, 0),
        (Recipe(schedule="step"), 1, 0.1, 0.01),
        (Recipe(schedule="step", warmup=0.6, milestones=(0.7,), gamma=0.5), 0.04, 0.84, 0.5),
    ):
        shares = np.array([rate_share(recipe, step) for step in steps])
        assert shares[0] == pytest.approx(first)
        assert shares[500] == pytest.approx(half)
        assert shares[-1] == pytest.approx(last, abs=1e-5)
        assert shares.max() == pytest.approx(1)
        assert shares.min() > 0
    assert rate_share(Recipe(schedule="one_cycle", warmup=0.25), 0.25) == 1
    assert rate_share(Recipe(schedule="one_cycle", warmup=0.0), 0.0) == 1


def test_weights_decay_and_biases_do_not(small: Architecture) -> None:
    network = build_network(small, seed=0)
    before = {name: value.clone() for name, value in network.named_parameters()}
    optimizer = make_optimizer(network, Recipe(learning_rate=0.1, weight_decay=0.5))
    # Without a gradient decay is all that is left.
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    for name, value in network.named_parameters():
        factor = 0.95 if value.ndim > 1 else 1.0
        torch.testing.assert_close(value, before[name] * factor)


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_not_a_number_ends_the_training(
    small: Architecture, digits_split: Split, optimizer: str
) -> None:
    recipe = Recipe(optimizer=optimizer, learning_rate=1e30)
    with pytest.raises(TrainingFailure, match="loss of epoch 1 is") as caught:
        list(train(build_network(small, seed=0), digits_split, recipe, seed=0))
    assert caught.value.kind == "nan"


class Breaks(Watcher):
    """A network that does something else in training."""

    def __init__(self, action: Callable[[], Any]) -> None:
        super().__init__(64, 10)
        self.action = action

    def forward(self, images: Tensor) -> Tensor:
        self.action()
        return super().forward(images)


def fail_on_gpu() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")


@pytest.mark.parametrize(
    ("action", "kind", "reason"),
    [
        (lambda: torch.empty(2**50), "out_of_memory", "can't allocate memory"),
        (lambda: np.empty(2**58, np.uint8), "out_of_memory", "Unable to allocate"),
        (fail_on_gpu, "out_of_memory", "Tried to allocate 2 GiB"),
        (lambda: torch.ones(2) @ torch.ones(3), "error", "inconsistent tensor size"),
    ],
)
def test_what_torch_raises_becomes_a_failure(
    digits_split: Split, action: Callable[[], Any], kind: str, reason: str
) -> None:
    with pytest.raises(TrainingFailure, match=reason) as caught:
        list(train(Breaks(action), digits_split, SHORT, seed=0))
    assert caught.value.kind == kind
    assert "\n" not in caught.value.reason


def test_a_mistake_in_the_program_stays_one(digits_split: Split) -> None:
    with pytest.raises(ZeroDivisionError):
        list(train(Breaks(lambda: 1 // 0), digits_split, SHORT, seed=0))


def test_time_runs_out_within_an_epoch(small: Architecture, digits_split: Split) -> None:
    network = build_network(small, seed=0)
    with pytest.raises(TrainingFailure, match="time ran out in epoch 1") as caught:
        list(train(network, digits_split, SHORT, seed=0, max_seconds=0))
    assert caught.value.kind == "timeout"
    assert len(list(train(network, digits_split, SHORT, seed=0, max_seconds=math.inf))) == 2
