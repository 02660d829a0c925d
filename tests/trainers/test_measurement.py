"""Quality against definitions by hand; latency and memory of networks whose cost is known."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from space import InputError
from tests.trainers.conftest import coloured
from trainers import (
    ImageData,
    Part,
    Recipe,
    build_network,
    evaluate,
    measure,
    measure_latency,
    measure_memory,
    split,
    train,
)
from trainers.insight import probabilities
from trainers.measurement import latency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from space import Architecture
    from trainers import Split


class Answers(nn.Module):
    """Gives rows of logits, one after the other, whatever it is shown."""

    def __init__(self, logits: Tensor) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits)
        self.seen = 0

    def forward(self, images: Tensor) -> Tensor:
        first, self.seen = self.seen, self.seen + len(images)
        return self.logits[first : self.seen]


def shown(labels: list[int], classes: int) -> tuple[Part, Split]:
    """A part with these labels, and a split of as many classes, for networks that do not look."""
    count = 4 * classes
    images = np.random.default_rng(0).integers(0, 256, (count, 1, 2, 2), dtype=np.uint8)
    names = tuple(f"class {number}" for number in range(classes))
    data = ImageData("noise", images, np.arange(count) % classes, names)
    part = Part(np.zeros((len(labels), 1, 2, 2), np.uint8), np.array(labels))
    return part, split(data, seed=0)


def test_quality_against_a_loop_over_images(small: Architecture, digits_split: Split) -> None:
    network = build_network(small, seed=0)
    list(train(network, digits_split, Recipe(epochs=1), seed=0))
    part = digits_split.validation
    found = measure(network, part, digits_split)
    counts = np.zeros((10, 10), int)
    among, losses = 0, []
    for row, label in zip(probabilities(network, part, digits_split), part.labels, strict=True):
        ranked = sorted(range(10), key=lambda each, row=row: -row[each])
        counts[label, ranked[0]] += 1
        among += label in ranked[:5]
        losses.append(-math.log(row[label]))
    assert found.confusion.tolist() == counts.tolist()
    assert found.top5_accuracy == among / len(part)
    assert found.loss == pytest.approx(np.mean(losses), rel=1e-5)
    assert found.images == len(part)
    assert found.accuracy == evaluate(network, part, digits_split).accuracy < 1
    shares = counts.diagonal() / counts.sum(axis=1)
    assert list(found.class_accuracy.values()) == pytest.approx(shares.tolist())
    again = json.loads(json.dumps(found.to_dict()))
    assert (again["accuracy"], again["confusion"]) == (found.accuracy, counts.tolist())


def test_ties_and_numbers_that_are_none_are_no_hits() -> None:
    part, cut = shown([0, 4, 5, 6, 3], 7)
    logits = torch.zeros(5, 7)
    logits[4] = math.nan
    found = measure(Answers(logits), part, cut)
    # All score the same: the five first classes are the likeliest.
    assert found.top5_accuracy == 2 / 5
    assert math.isnan(found.loss)


def test_a_class_that_a_part_lacks_has_no_accuracy() -> None:
    part, cut = shown([0, 0, 2], 3)
    found = measure(Answers(torch.eye(3)), part, cut)
    assert found.class_accuracy == {"class 0": 0.5, "class 1": None, "class 2": 1.0}
    assert found.confusion.tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 1]]
    assert found.accuracy == 2 / 3
    assert found.top5_accuracy == 1


class Clock:
    """Time that passes only in the network: the first calls take a hundred times as long."""

    def __init__(self) -> None:
        self.now, self.calls, self.threads = 0.0, 0, 0

    def perf_counter(self) -> float:
        return self.now

    def network(self, images: Tensor) -> None:
        assert images.is_contiguous(memory_format=torch.channels_last)
        assert torch.is_inference_mode_enabled()
        self.calls += 1
        self.threads = torch.get_num_threads()
        # 1, 2, 3 and 4 ms in turn for one image.
        self.now += (100 if self.calls <= 5 else 1 + self.calls % 4) * len(images) / 1000


class Ticking(nn.Module):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def forward(self, images: Tensor) -> Tensor:
        self.clock.network(images)
        return images


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    made = Clock()
    monkeypatch.setattr(latency, "time", made)
    return made


def test_latency_is_the_median_behind_a_warm_up(clock: Clock) -> None:
    one, many = measure_latency(Ticking(clock), (3, 6, 5), threads=2, seconds=0.5)
    assert (one.batch_size, many.batch_size) == (1, 128)
    assert one.latency_ms == pytest.approx(2.5, abs=0.02)
    assert (one.low_ms, one.high_ms) == pytest.approx((1.75, 3.25), abs=0.02)
    assert one.runs == 200
    assert many.runs == 15
    assert many.latency_ms == pytest.approx(2.5 * 128, rel=0.3)
    assert (one.device, one.threads, clock.threads) == ("cpu", 2, 2)
    assert torch.get_num_threads() == 1


def test_a_latency_of_nothing_is_refused(clock: Clock) -> None:
    with pytest.raises(InputError, match=r"`threads >= 1` must hold, but got 0"):
        measure_latency(Ticking(clock), (1, 2, 2), threads=0)
    with pytest.raises(InputError, match=r"`batch_sizes >= 1` must hold, but got 0"):
        measure_latency(Ticking(clock), (1, 2, 2), batch_sizes=(1, 0))


PEAK = """
import numpy as np
from trainers import measure_memory
def run():
    first = np.ones(60_000_000, np.uint8)
    del first
    second = np.ones(40_000_000, np.uint8)
measure_memory(run)
print(measure_memory(run), measure_memory(lambda: None))
"""


def test_memory_is_the_peak_and_not_the_sum() -> None:
    told = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    peak, nothing = map(int, told.stdout.split())
    assert 59e6 < peak < 66e6
    assert nothing < 2e6


def test_elsewhere_memory_is_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("trainers.measurement.peak._PROCESS", tmp_path / "none")
    with pytest.raises(InputError, match="on Linux alone"):
        measure_memory(lambda: None)


@pytest.mark.gpu
def test_on_a_gpu(small: Architecture, digits_split: Split) -> None:
    network = build_network(small, seed=0)
    peak = measure_memory(
        lambda: list(train(network, digits_split, Recipe(epochs=1), seed=0, device="cuda")),
        device="cuda",
    )
    assert peak > 4 * 4 * small.params
    found = measure(network, digits_split.validation, digits_split, device="cuda")
    assert found.accuracy == evaluate(network.cpu(), digits_split.validation, digits_split).accuracy
    one, _ = measure_latency(network, (1, 8, 8), device="cuda", seconds=0.1)
    assert one.device.startswith("cuda:0 (")


def test_colour_is_measured_like_grey() -> None:
    cut = split(coloured(), seed=0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(90, 2))
    found = measure(network, cut.validation, cut)
    assert found.accuracy == evaluate(network, cut.validation, cut).accuracy
    assert found.top5_accuracy == 1
