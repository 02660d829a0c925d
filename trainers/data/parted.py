"""From assembled pictures to a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .images import ImageData

if TYPE_CHECKING:
    from .assembly import Assembled


def parted(name: str, made: Assembled, class_names: tuple[str, ...]) -> ImageData:
    """Return the data set, its own validation and test parts kept apart where it has them."""
    parts = np.array(made.parts)
    held_out = np.flatnonzero(parts[parts != "test"] == "validation")
    apart = parts == "test"
    # Without a test part the images stay where they are: mapped ones must not be read whole.
    images = made.images[~apart] if apart.any() else made.images
    return ImageData(
        name,
        images,
        made.labels[~apart],
        class_names,
        made.images[apart] if apart.any() else None,
        made.labels[apart] if apart.any() else None,
        validation=held_out if len(held_out) else None,
        left_out=made.left_out,
    )
