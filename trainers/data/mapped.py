"""Images that stay in a file: only those that are asked for are read, when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from space.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from .images import Labels, Pixels


CHUNK = 4 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where images (N, C, H, W) of bytes lie in a file.

    Args:
        path: Of the file, absolute.
        offset: Bytes from its beginning to the first pixel of the first image.
        shape: (N, C, H, W).
        strides: Bytes from one image, channel, row and column to the next.
    """

    path: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def place_of(images: NDArray[Any]) -> Place | None:
    """Return where images lie that `numpy.memmap` maps, or a view of such; else None."""
    root: Any = images
    while isinstance(root.base, np.ndarray):
        root = root.base
    # With mode c, changes are in memory alone.
    if not isinstance(root, np.memmap) or root.filename is None or root.mode == "c":
        return None
    offset = root.offset + images.ctypes.data - root.ctypes.data
    return Place(str(Path(root.filename).resolve()), offset, images.shape, images.strides)


class MappedImages:
    """Some images of a mapped file, in place of an array (N, C, H, W) of bytes.

    Indexing by a number, a slice or an array of either numbers or truth values gives a copy of
    those images. No attribute leads to the file's other images. Pickled, it is a path and
    positions: another process opens the same file.
    """

    __slots__ = ("__weakref__",)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(N, C, H, W)."""
        place, positions, _ = _contents[self]
        _, channels, height, width = place.shape
        return (len(positions), channels, height, width)

    @property
    def nbytes(self) -> int:
        """Bytes that all images would take in memory."""
        return int(np.prod(self.shape))

    def __len__(self) -> int:
        return len(_contents[self][1])

    def __repr__(self) -> str:
        return f"MappedImages{self.shape}"

    def __getitem__(self, index: int | slice | NDArray[Any]) -> Pixels:
        _, positions, images = _contents[self]
        return np.array(images[positions[index]], order="C")

    def copy(self) -> Pixels:
        """Read all images into memory."""
        return self[:]

    def __reduce__(self) -> tuple[Callable[[Place, Labels], MappedImages], tuple[Place, Labels]]:
        place, positions, _ = _contents[self]
        return map_images, (place, positions)


Images = np.ndarray[Any, np.dtype[np.uint8]] | MappedImages
"""Images in memory or in a file: both have a length, a shape and copies by index."""

# Kept apart from the objects, so that nobody comes from one part's images to another's.
_contents: WeakKeyDictionary[MappedImages, tuple[Place, Labels, Pixels]] = WeakKeyDictionary()


def in_chunks(images: Images | NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield all images in their order, a few megabytes at a time."""
    step = max(1, CHUNK * len(images) // max(1, images.nbytes))
    return (images[start : start + step] for start in range(0, len(images), step))


def map_images(place: Place, positions: Labels) -> MappedImages:
    """Return the images at ``positions`` (N,) of those at ``place``.

    Raises:
        InputError: The file cannot be read here, or is too short.
    """
    try:
        file = np.memmap(place.path, np.uint8, mode="r")
        images = np.ndarray(place.shape, np.uint8, file, place.offset, place.strides)
    except (OSError, ValueError, TypeError) as error:
        rule = "the mapped file must be there, whole, on every machine that trains"
        raise InputError("data", rule, place.path, f"Opening it says: {error}") from error
    mapped = MappedImages()
    _contents[mapped] = place, positions, images
    return mapped


def concatenated(one: Images, other: Images) -> Images:
    """Return the images of two parts of one data set, those of a mapped file still in it."""
    if isinstance(one, MappedImages) and isinstance(other, MappedImages):
        (place, first, _), (_, second, _) = _contents[one], _contents[other]
        return map_images(place, np.concatenate([first, second]))
    both = np.concatenate([one[:], other[:]])
    both.setflags(write=False)
    return both
