"""The images of a part as bytes, on the device or in a file, and how they become network input."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

from .augmentation import take_changed
from .data.mapped import MappedImages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray
    from torch import Tensor

    from .augmentation import Changes
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

    @property
    def shape(self) -> torch.Size:
        """(N, H, W, C)."""
        return self.pixels.shape

    def take(self, index: slice | Tensor) -> Tensor:
        """Return the bytes (B, H, W, C) of some images."""
        return self.pixels[index]

    def take_changed(self, chosen: Tensor, changes: Changes) -> Tensor:
        """Return the bytes of the chosen images, flipped and shifted."""
        return take_changed(self.pixels, chosen, changes)


@dataclass(frozen=True, slots=True, eq=False)
class Streamed:
    """The same for images that stay in their file: only those of a batch come to the device.

    Args:
        images: (N, C, H, W) in a file.
        labels: (N,) int64, on the device.
        scale: As that of what is resident, and ``offset`` likewise.
    """

    images: MappedImages
    labels: Tensor
    scale: Tensor
    offset: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> torch.Size:
        """(N, H, W, C)."""
        count, channels, height, width = self.images.shape
        return torch.Size((count, height, width, channels))

    def take(self, index: slice | Tensor) -> Tensor:
        """Read some images; return their bytes (B, H, W, C)."""
        place = index if isinstance(index, slice) else index.cpu().numpy()
        return _channels_last(self.images[place]).to(self.labels.device)

    def take_changed(self, chosen: Tensor, changes: Changes) -> Tensor:
        """Read the chosen images; return their bytes, flipped and shifted."""
        everything = torch.arange(len(chosen), device=chosen.device)
        return take_changed(self.take(chosen), everything, changes)


Shown = Resident | Streamed


def show(part: Part, statistics: Statistics, device: torch.device) -> Shown:
    """Put ``part`` on ``device``, but leave images in a file where they are."""
    if not isinstance(part.images, MappedImages):
        return make_resident(part, statistics, device)
    return Streamed(
        part.images, _shared(part.labels).to(device), *_normalisation(statistics, device)
    )


def make_resident(part: Part, statistics: Statistics, device: torch.device) -> Resident:
    """Put ``part`` on ``device``; on a CPU with one channel, without a copy."""
    pixels = _channels_last(part.images[:]).to(device)
    return Resident(pixels, _shared(part.labels).to(device), *_normalisation(statistics, device))


def network_input(shown: Shown, pixels: Tensor) -> Tensor:
    """Return (N, C, H, W) float32, normalised, channels last in memory, for (N, H, W, C) bytes."""
    images = pixels.permute(0, 3, 1, 2).to(torch.float32)
    return torch.addcmul(shown.offset, images, shown.scale)


def input_batches(shown: Shown, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield network input and labels of all images, in their order."""
    for start in range(0, len(shown), size):
        chosen = slice(start, start + size)
        yield network_input(shown, shown.take(chosen)), shown.labels[chosen]


def _channels_last(images: NDArray[Any]) -> Tensor:
    pixels = _shared(images).permute(0, 2, 3, 1).contiguous()
    # With one channel its stride is whatever the array had, and decides which kernels torch takes:
    # flat and back, a pickled split trains to the same last bit as the one that it came from.
    return pixels.flatten().view(pixels.shape)


def _normalisation(statistics: Statistics, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return scale and offset: (pixel / 255 - mean) / std in one multiplication and addition."""
    mean, std = torch.tensor(statistics.mean), torch.tensor(statistics.std)
    scale, offset = 1 / (255 * std), -mean / std
    return scale.reshape(-1, 1, 1).to(device), offset.reshape(-1, 1, 1).to(device)


def _shared(array: NDArray[Any]) -> Tensor:
    """Return a tensor over the memory of ``array``.

    The array may be read-only, since many processes share it, and torch warns that a write through
    the tensor would go unnoticed. Nothing here writes: every step from bytes to input makes a new
    tensor. This is the one place where that warning is silenced.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array)
