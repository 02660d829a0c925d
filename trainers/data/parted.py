"""From assembled pictures, those of the test part last, to a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .images import ImageData, content_hash

if TYPE_CHECKING:
    from .assembly import Assembled
    from .images import Labels, Pixels


def parted(name: str, made: Assembled, class_names: tuple[str, ...]) -> ImageData:
    """Return the data set, its own validation and test parts kept apart where it has them."""
    images, labels, test_images, test_labels, validation = _divided(made)
    return ImageData(
        name,
        images,
        labels,
        class_names,
        test_images,
        test_labels,
        validation,
        left_out=made.left_out,
        known_hash=made.hash,
    )


def hash_of(made: Assembled) -> str:
    """Return the hash of the data set that these pictures become."""
    return content_hash(*_divided(made))


_Divided = tuple["Pixels", "Labels", "Pixels | None", "Labels | None", "Labels | None"]


def _divided(made: Assembled) -> _Divided:
    """Return images, labels, test images and labels, and the validation part's positions.

    Views, since images that are mapped must not be read whole.
    """
    parts = np.array(made.parts)
    count = int(np.count_nonzero(parts != "test"))
    held_out = np.flatnonzero(parts == "validation")
    validation = held_out if len(held_out) else None
    images, labels = made.images[:count], made.labels[:count]
    if count == len(parts):
        return images, labels, None, None, validation
    return images, labels, made.images[count:], made.labels[count:], validation
