"""A part of a split on the device: raw bytes, turned into network input batch by batch."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray
    from torch import Tensor

    from .data import Part


class Statistics(Protocol):
    """What normalises images, as a split has it: one value a channel, of pixels in [0, 1]."""

    @property
    def mean(self) -> tuple[float, ...]:
        """Of the train part."""

    @property
    def std(self) -> tuple[float, ...]:
        """The standard deviation likewise."""


@dataclass(frozen=True, slots=True, eq=False)
class Resident:
    """Images and labels on one device, never written to.

    Args:
        pixels: (N, H, W, C) uint8: an image's bytes lie together, channels last.
        labels: (N,) int64.
        scale: (C, 1, 1), and ``offset`` likewise: the network sees ``pixels * scale + offset``.
    """

    pixels: Tensor
    labels: Tensor
    scale: Tensor
    offset: Tensor

    def __len__(self) -> int:
        return len(self.labels)


def make_resident(part: Part, statistics: Statistics, device: torch.device) -> Resident:
    """Put ``part`` on ``device``; on a CPU with one channel, without a copy."""
    mean, std = torch.tensor(statistics.mean), torch.tensor(statistics.std)
    pixels = _shared(part.images).permute(0, 2, 3, 1).contiguous()
    return Resident(
        pixels=pixels.to(device),
        labels=_shared(part.labels).to(device),
        # (pixel / 255 - mean) / std in one multiplication and one addition.
        scale=(1 / (255 * std)).reshape(-1, 1, 1).to(device),
        offset=(-mean / std).reshape(-1, 1, 1).to(device),
    )


def network_input(resident: Resident, pixels: Tensor) -> Tensor:
    """Return (N, C, H, W) float32, normalised, channels last in memory, for (N, H, W, C) bytes."""
    images = pixels.permute(0, 3, 1, 2).to(torch.float32)
    return torch.addcmul(resident.offset, images, resident.scale)


def _shared(array: NDArray[Any]) -> Tensor:
    """Return a tensor over the memory of ``array``.

    The array may be read-only, since many processes share it, and torch warns that a write through
    the tensor would go unnoticed. Nothing here writes: every step from bytes to input makes a new
    tensor. This is the one place where that warning is silenced.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array)
