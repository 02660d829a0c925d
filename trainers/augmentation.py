"""Changes of the training images that keep their class, drawn for a whole epoch at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def largest_shift(side: int) -> int:
    """Return how many pixels an image of this side is moved at most: a fourteenth, at least 1."""
    return max(1, side // 14)


def draw_shifts(count: int, height: int, width: int) -> Tensor:
    """Return (count, 2) rows and columns to shift by, from torch's global generator, on the CPU."""
    sides = (largest_shift(height), largest_shift(width))
    return torch.stack([torch.randint(-side, side + 1, (count,)) for side in sides], dim=1)


def take_shifted(pixels: Tensor, chosen: Tensor, shifts: Tensor) -> Tensor:
    """Return the chosen images, each moved by its shift; what enters repeats the edge.

    Shapes: (N, H, W, C), (B,), (B, 2) give (B, H, W, C). One gather, no padded copy.
    """
    height, width = pixels.shape[1:3]
    rows = _moved(height, shifts[:, 0])
    columns = _moved(width, shifts[:, 1])
    return pixels[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]


def _moved(side: int, shifts: Tensor) -> Tensor:
    positions = torch.arange(side, device=shifts.device)
    return (positions - shifts[:, None]).clamp_(0, side - 1)
