"""From shared bytes to what a network sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from tests.trainers.conftest import coloured
from trainers import Recipe, split
from trainers.augmentation import (
    Changes,
    chosen_augmentations,
    cut_out,
    draw_changes,
    draw_shifts,
    largest_shift,
    take_changed,
    turn,
)
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


@pytest.mark.parametrize("flipped", [False, True])
def test_shifts_repeat_the_edge(flipped: bool) -> None:
    pixels = torch.randint(0, 256, (4, 9, 6, 3), dtype=torch.uint8)
    moves = [(down, right) for down in (-2, 0, 1) for right in (-1, 0, 2)]
    chosen = torch.arange(len(moves)) % 4
    flips = torch.full((len(moves),), flipped) if flipped else None
    moved = take_changed(pixels, chosen, Changes(torch.tensor(moves), flips)).numpy()
    for image, number, (down, right) in zip(moved, chosen, moves, strict=True):
        original = pixels[number].numpy()[:, :: -1 if flipped else 1]
        padded = np.pad(original, ((2, 2), (2, 2), (0, 0)), mode="edge")
        expected = padded[2 - down : 11 - down, 2 - right : 8 - right]
        assert np.array_equal(image, expected)


def test_flips_alone_swap_left_and_right() -> None:
    pixels = torch.randint(0, 256, (3, 4, 5, 2), dtype=torch.uint8)
    chosen = torch.tensor([2, 0, 1])
    changes = Changes(flips=torch.tensor([True, False, True]))
    flipped = take_changed(pixels, chosen, changes)
    assert torch.equal(flipped[0], pixels[2].flip(1))
    assert torch.equal(flipped[1], pixels[0])
    assert torch.equal(flipped[2], pixels[1].flip(1))


@pytest.mark.parametrize("sides", [(9, 9), (8, 8), (5, 12)])
def test_turning_keeps_shapes_on_oblong_images(sides: tuple[int, int]) -> None:
    # A plane of brightness x becomes the plane x cos - y sin: linear, so bilinear is exact inside.
    height, width = sides
    y, x = torch.meshgrid(
        torch.arange(height) - (height - 1) / 2,
        torch.arange(width) - (width - 1) / 2,
        indexing="ij",
    )
    angle = torch.tensor([0.3])
    turned = turn(x[None, None].contiguous(), angle)[0, 0]
    seen_at = angle.cos() * x - angle.sin() * y
    down = angle.sin() * x + angle.cos() * y
    inside = (seen_at.abs() <= (width - 1) / 2) & (down.abs() <= (height - 1) / 2)
    assert inside.sum() > inside.numel() / 2
    torch.testing.assert_close(turned[inside], seen_at[inside], rtol=1e-4, atol=1e-4)
    assert torch.equal(turn(x[None, None], torch.zeros(1))[0, 0].round(decimals=4), x)


def test_holes_are_whole_squares_and_reach_every_pixel() -> None:
    torch.manual_seed(0)
    images = torch.ones(2000, 2, 8, 12)
    holes = cut_out(images, torch.rand(2000, 2), 0.25) == 0
    assert torch.equal(holes[:, 0], holes[:, 1])
    assert holes[:, 0].sum(dim=(1, 2)).unique().tolist() == [2 * 3]
    assert holes.any(dim=0).all()
    assert torch.equal(cut_out(images, torch.rand(2000, 2), 0.0), images)


def test_digits_are_never_flipped_and_photographs_are() -> None:
    auto = Recipe(augment="auto")
    assert chosen_augmentations(auto, 1) == {"shift", "rotate"}
    assert chosen_augmentations(auto, 3) == {"shift", "flip", "cutout"}
    assert chosen_augmentations(Recipe(augment="none"), 3) == set()
    assert chosen_augmentations(Recipe(augment="mixup+flip"), 1) == {"mixup", "flip"}
    grey = draw_changes(auto, chosen_augmentations(auto, 1), torch.Size((50, 8, 8, 1)))
    assert grey.flips is None
    assert grey.angles is not None
    assert grey.angles.abs().max() <= np.deg2rad(10)


def test_shifts_cover_their_range_evenly() -> None:
    torch.manual_seed(0)
    assert [largest_shift(side, 0.075) for side in (1, 8, 28, 32, 150)] == [1, 1, 2, 2, 11]
    shifts = draw_shifts(5000, 28, 8, 0.075)
    for column, largest in enumerate((2, 1)):
        counts = torch.bincount(shifts[:, column] + largest)
        assert len(counts) == 2 * largest + 1
        assert counts.min() > 0.8 * 5000 / len(counts)
