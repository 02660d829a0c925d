"""From shared bytes to what a network sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from tests.trainers.conftest import coloured
from trainers import split
from trainers.augmentation import draw_shifts, largest_shift, take_shifted
from trainers.resident import make_resident, network_input

if TYPE_CHECKING:
    from trainers import Split

CPU = torch.device("cpu")


def test_a_network_sees_normalised_channels_last() -> None:
    cut = split(coloured(200), seed=0)
    resident = make_resident(cut.train, cut, CPU)
    seen = network_input(resident, resident.pixels)
    mean, std = (np.array(values).reshape(-1, 1, 1) for values in (cut.mean, cut.std))
    expected = (cut.train.images / 255 - mean) / std
    np.testing.assert_allclose(seen.numpy(), expected, rtol=1e-4, atol=1e-5)
    assert seen.is_contiguous(memory_format=torch.channels_last)


def test_one_channel_is_shared_and_not_copied(digits_split: Split) -> None:
    cut = digits_split
    assert make_resident(cut.train, cut, CPU).pixels.data_ptr() == cut.train.images.ctypes.data


def test_shifts_repeat_the_edge() -> None:
    pixels = torch.randint(0, 256, (4, 9, 6, 3), dtype=torch.uint8)
    moves = [(down, right) for down in (-2, 0, 1) for right in (-1, 0, 2)]
    chosen = torch.arange(len(moves)) % 4
    moved = take_shifted(pixels, chosen, torch.tensor(moves)).numpy()
    for image, number, (down, right) in zip(moved, chosen, moves, strict=True):
        padded = np.pad(pixels[number].numpy(), ((2, 2), (2, 2), (0, 0)), mode="edge")
        expected = padded[2 - down : 11 - down, 2 - right : 8 - right]
        assert np.array_equal(image, expected)


def test_shifts_cover_their_range_evenly() -> None:
    torch.manual_seed(0)
    assert [largest_shift(side) for side in (1, 8, 28, 32, 150)] == [1, 1, 2, 2, 10]
    shifts = draw_shifts(5000, 28, 8)
    for column, largest in enumerate((2, 1)):
        counts = torch.bincount(shifts[:, column] + largest)
        assert len(counts) == 2 * largest + 1
        assert counts.min() > 0.8 * 5000 / len(counts)
