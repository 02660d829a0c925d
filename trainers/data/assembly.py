"""Many pictures of many kinds become one array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

import numpy as np

from space.errors import InputError

from .decode import UNREADABLE, decode, look, reason, strictly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from PIL import Image

    from .decode import Size
    from .images import Labels, Pixels

LARGEST_SIDE = 128


@dataclass(frozen=True, slots=True)
class Item:
    """A picture that has not been read yet.

    Args:
        name: For a person who is told that it was left out.
        part: ``train``, ``validation`` or ``test``.
        label: The class, from 0.
        open: Opens it, header first.
    """

    name: str
    part: str
    label: int
    open: Callable[[], AbstractContextManager[Image.Image]]


@dataclass(frozen=True, slots=True, eq=False)
class Assembled:
    """What the pictures became.

    Args:
        images: (N, C, H, W), those of the test part last.
        labels: (N,).
        parts: N of ``train``, ``validation`` and ``test``.
        left_out: What could not be read, each with the reason.
        hash: Of the data set, once it is known.
    """

    images: Pixels
    labels: Labels
    parts: tuple[str, ...]
    left_out: tuple[str, ...]
    hash: str | None = None


Allocate = Callable[[tuple[int, ...]], "Pixels"]
"""Makes an array of bytes of a shape, in memory or in a file."""


def assemble(items: Sequence[Item], size: Size | None, allocate: Allocate) -> Assembled:
    """Read all pictures; one that cannot be read is left out and listed with the reason.

    They become grey if all those outside of the test part are grey, else of three channels. Without
    ``size`` they keep the size that they share, or take the median height and width of those
    outside of the test part; a longer side than 128 is scaled down to it, in proportion.

    Raises:
        InputError: No picture can be read.
    """
    left_out: dict[str, str] = {}
    items = sorted(items, key=lambda item: item.part == "test")
    looks = dict(_looks(items, left_out))
    known = [looks[item.name] for item in items if item.name in looks and item.part != "test"]
    if not known:
        found = f"{len(items)} files, first {next(iter(left_out.items()), 'none')}"
        raise InputError("data", "there must be pictures that can be read", found)
    shape = (1 if all(grey for _, grey in known) else 3, *(size or _common_size(known)))
    images = allocate((len(looks), *shape))
    taken: list[Item] = []
    for item in (item for item in items if item.name in looks):
        try:
            with strictly(), item.open() as picture:
                images[len(taken)] = decode(picture, shape[1:], shape[0])
        except UNREADABLE as error:
            left_out[item.name] = reason(error)
        else:
            taken.append(item)
    return Assembled(
        images[: len(taken)],
        np.array([item.label for item in taken], np.int64),
        tuple(item.part for item in taken),
        tuple(f"{name}: {why}" for name, why in left_out.items()),
    )


def _looks(
    items: Sequence[Item], left_out: dict[str, str]
) -> Iterator[tuple[str, tuple[Size, bool]]]:
    for item in items:
        try:
            with strictly(), item.open() as picture:
                yield item.name, look(picture)
        except UNREADABLE as error:
            left_out[item.name] = reason(error)


def _common_size(known: Sequence[tuple[Size, bool]]) -> Size:
    height, width = (median_low([size[axis] for size, _ in known]) for axis in (0, 1))
    scale = min(1.0, LARGEST_SIDE / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))
