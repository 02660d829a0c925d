"""What the tests of training share: one thread, small data, a small network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from space import Architecture
from space.layers import BatchNorm2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU
from trainers import ImageData, Split, load_data, split

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Use one thread: sums in another order give other last digits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def digits() -> ImageData:
    return load_data("digits")


@pytest.fixture(scope="session")
def digits_split(digits: ImageData) -> Split:
    return split(digits, seed=3)


@pytest.fixture(scope="session")
def small() -> Architecture:
    """5,898 params, with each kind of layer that keeps state or draws random numbers."""
    layers = (
        Conv2d(16, 3, padding=1),
        BatchNorm2d(),
        ReLU(),
        MaxPool2d(2),
        Conv2d(32, 3, padding=1),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Dropout(0.1),
        Linear(10),
    )
    return Architecture((1, 8, 8), 10, layers)


def coloured(count: int = 40, *, seed: int = 0, test: int = 0) -> ImageData:
    """Random images of 3 channels and unequal sides, two classes."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count + test, 3, 6, 5), dtype=np.uint8)
    # Channels of unequal brightness, so that a swap of two would show.
    images //= np.array([1, 2, 4], dtype=np.uint8)[:, np.newaxis, np.newaxis]
    labels = np.arange(count + test, dtype=np.int64) % 2
    if not test:
        return ImageData("coloured", images, labels, ("a", "b"))
    held_out = images[count:], labels[count:]
    return ImageData("coloured", images[:count], labels[:count], ("a", "b"), *held_out)
