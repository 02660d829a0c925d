"""Pictures without a class, as a trained network is asked about them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from space.errors import InputError

from .decode import UNREADABLE, decode, reason, strictly

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from space.layers import Shape

    from .images import Pixels

Picture = str | Path | Image.Image | NDArray[Any]
"""A file, an open picture, or an array of bytes."""


def find_pictures(places: Iterable[str | Path]) -> list[Path]:
    """Return the files among ``places``, and for a folder the pictures in it and below, by name.

    In a folder, hidden files and those that neither are pictures nor are called so are passed over;
    a file that is named itself is not looked at.

    Raises:
        InputError: A folder holds no pictures.
    """
    found: list[Path] = []
    for place in map(Path, places):
        inside = _pictures_in(place) if place.is_dir() else [place]
        if not inside:
            raise InputError("IMAGE", "a folder must hold pictures", str(place))
        found += inside
    return found


def read_pictures(
    pictures: Sequence[Picture], shape: Shape
) -> tuple[Pixels, list[int], dict[int, str]]:
    """Read pictures by the rules of ``folder:`` data.

    Args:
        pictures: Files, open pictures, or uint8 arrays: (C, H, W) of exactly ``shape``, which is
            taken as it is, else (H, W), (H, W, 3) or (H, W, 4), which is a picture like any other.
        shape: What each becomes, (C, H, W), with 1 or 3 channels unless all are taken as they are.

    Returns:
        Images (N, C, H, W), the positions of those that could be read, and for the position of
        each other one the reason.

    Raises:
        InputError: An array is none of these, or the channels are not those of pictures.
    """
    images = np.empty((len(pictures), *shape), np.uint8)
    taken: list[int] = []
    unreadable: dict[int, str] = {}
    for position, picture in enumerate(pictures):
        try:
            images[len(taken)] = _read(picture, shape)
        except UNREADABLE as error:
            if isinstance(error, InputError):
                raise
            unreadable[position] = reason(error)
        else:
            taken.append(position)
    return images[: len(taken)], taken, unreadable


def _read(picture: object, shape: Shape) -> Pixels:
    if isinstance(picture, np.ndarray):
        if picture.shape == shape and picture.dtype == np.uint8:
            return picture
        picture = _from_array(picture, shape)
    channels, height, width = shape
    if channels not in {1, 3}:
        rule = "pictures have 1 or 3 channels, which the network must take"
        raise InputError("IMAGE", rule, f"{channels} channels", "Give arrays of its own shape.")
    if isinstance(picture, Image.Image):
        with strictly():
            return decode(picture, (height, width), channels)
    if not isinstance(picture, (str, Path)):
        rule = "a picture must be a path, an open picture or an array"
        raise InputError("IMAGE", rule, type(picture).__name__)
    with strictly(), Image.open(picture) as opened:
        return decode(opened, (height, width), channels)


def _from_array(array: NDArray[Any], shape: Shape) -> Image.Image:
    flat = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in {3, 4})
    if array.dtype != np.uint8 or not flat or 0 in array.shape:
        rule = f"an array must be uint8, {shape}, (H, W), (H, W, 3) or (H, W, 4)"
        raise InputError("IMAGE", rule, f"{array.dtype} {array.shape}")
    return Image.fromarray(array)


def _pictures_in(folder: Path) -> list[Path]:
    inside = sorted(folder.rglob("*"))
    return [file for file in inside if file.is_file() and _is_picture(file)]


def _is_picture(file: Path) -> bool:
    if file.name.startswith("."):
        return False
    # Also fills the table of formats that can be read.
    known = Image.registered_extensions().get(file.suffix.lower())
    if known in Image.OPEN:
        return True
    try:
        with strictly(), Image.open(file):
            return True
    except UNREADABLE:
        return False
