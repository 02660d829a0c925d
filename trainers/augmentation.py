"""Changes of the training images that keep their class, drawn for a whole epoch at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from .recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What is done to each of N images, in the order of an epoch or of a batch; None is nothing.

    Args:
        shifts: (N, 2) rows and columns to move by.
        flips: (N,) whether left and right are swapped.
        angles: (N,) radians to turn by.
        holes: (N, 2) upper left corners, as shares of the way, of squares to blank.
    """

    shifts: Tensor | None = None
    flips: Tensor | None = None
    angles: Tensor | None = None
    holes: Tensor | None = None

    def to(self, device: torch.device) -> Changes:
        """Return the same on a device."""
        return Changes(*(None if each is None else each.to(device) for each in self._all()))

    def parts(self, count: int) -> Iterator[Changes]:
        """Cut into ``count`` parts whose sizes differ by one at most."""
        cuts = [
            [None] * count if each is None else each.tensor_split(count) for each in self._all()
        ]
        return (Changes(*part) for part in zip(*cuts, strict=True))

    def _all(self) -> list[Tensor | None]:
        return [getattr(self, field.name) for field in fields(self)]


def chosen_augmentations(recipe: Recipe, channels: int) -> frozenset[str]:
    """Return the names that ``recipe.augment`` stands for with images of so many channels.

    Images of one channel may be digits or letters, which a flip makes into others: ``auto`` does
    not flip them.
    """
    if recipe.augment == "auto":
        return frozenset(_CHARACTERS if channels == 1 else _PHOTOGRAPHS)
    return frozenset(recipe.augment.split("+")) - {"none"}


_CHARACTERS = ("rotate", "shift")
_PHOTOGRAPHS = ("cutout", "flip", "shift")


def draw_changes(recipe: Recipe, names: frozenset[str], shape: torch.Size) -> Changes:
    """Draw the changes of all images of ``shape`` (N, H, W, C), on the CPU.

    They come from torch's global generator, there for every device, so that all see the same ones.
    """
    count, height, width, _ = shape
    turn = math.radians(recipe.rotate_degrees)
    return Changes(
        shifts=draw_shifts(count, height, width, recipe.shift_share) if "shift" in names else None,
        flips=torch.rand(count) < 0.5 if "flip" in names else None,
        angles=(2 * torch.rand(count) - 1) * turn if "rotate" in names else None,
        holes=torch.rand(count, 2) if "cutout" in names else None,
    )


def largest_shift(side: int, share: float) -> int:
    """Return how many pixels an image of this side is moved at most, 1 at least."""
    return max(1, int(side * share))


def draw_shifts(count: int, height: int, width: int, share: float) -> Tensor:
    """Return (count, 2) rows and columns to shift by."""
    sides = (largest_shift(height, share), largest_shift(width, share))
    return torch.stack([torch.randint(-side, side + 1, (count,)) for side in sides], dim=1)


def take_changed(pixels: Tensor, chosen: Tensor, changes: Changes) -> Tensor:
    """Return the chosen images, flipped and then shifted; what enters repeats the edge.

    Shapes: (N, H, W, C) and (B,) give (B, H, W, C). One gather, no padded copy.
    """
    if changes.shifts is None and changes.flips is None:
        return pixels[chosen]
    height, width = pixels.shape[1:3]
    shifts = changes.shifts
    down, right = (None, None) if shifts is None else (shifts[:, 0], shifts[:, 1])
    rows, columns = _moved(height, chosen, down), _moved(width, chosen, right)
    if changes.flips is not None:
        columns = torch.where(changes.flips[:, None], width - 1 - columns, columns)
    return pixels[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]


def _moved(side: int, chosen: Tensor, by: Tensor | None) -> Tensor:
    positions = torch.arange(side, device=chosen.device)
    if by is None:
        return positions.expand(len(chosen), side)
    return (positions - by[:, None]).clamp_(0, side - 1)


def change_input(images: Tensor, changes: Changes, recipe: Recipe) -> Tensor:
    """Turn and blank images (B, C, H, W) that are normalised already."""
    if changes.angles is not None:
        images = turn(images, changes.angles)
    if changes.holes is not None:
        images = cut_out(images, changes.holes, recipe.cutout_share)
    return images


def turn(images: Tensor, angles: Tensor) -> Tensor:
    """Turn each image about its centre by its angle; bilinear, what enters repeats the edge."""
    height, width = images.shape[2:]
    cosine, sine = angles.cos(), angles.sin()
    zero = torch.zeros_like(angles)
    # `affine_grid` measures each side from -1 to 1: without the ratio an oblong image would shear.
    upper = torch.stack([cosine, -sine * (height / width), zero], dim=1)
    lower = torch.stack([sine * (width / height), cosine, zero], dim=1)
    grid = functional.affine_grid(
        torch.stack([upper, lower], dim=1), list(images.shape), align_corners=False
    )
    turned = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    return turned.contiguous(memory_format=torch.channels_last)


def cut_out(images: Tensor, holes: Tensor, share: float) -> Tensor:
    """Set a square of each image to 0, the mean (DeVries and Taylor, Cutout, 2017)."""
    rows, columns = (
        _outside(side, corner, share)
        for side, corner in zip(images.shape[2:], holes.unbind(dim=1), strict=True)
    )
    kept = rows[:, :, None] | columns[:, None, :]
    return images * kept[:, None]


def _outside(side: int, corner: Tensor, share: float) -> Tensor:
    """Return (B, side): which positions lie outside a stretch of ``share`` of the side."""
    length = round(side * share)
    first = (corner * (side - length + 1)).long()[:, None]
    positions = torch.arange(side, device=corner.device)
    return (positions < first) | (positions >= first + length)
