"""From one picture to bytes: which pictures are taken, and how they become equally large."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .images import Pixels

Size = tuple[int, int]
"""(height, width)"""

RULES = 1
"""Raised by any change of the rules by which pictures become bytes, here or in assembly."""

GREY_MODES = frozenset({"1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "I;16N"})
# What Pillow raises at files that are empty, cut off, damaged, or no pictures at all.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def look(picture: Image.Image) -> tuple[Size, bool]:
    """Return the size of a picture as it is shown, and whether it is grey, from its header."""
    width, height = picture.size
    # The values from 5 on of this EXIF tag stand for pictures that lie on their side.
    if picture.getexif().get(0x0112, 1) >= 5:
        width, height = height, width
    return (height, width), picture.mode in GREY_MODES or _grey_palette(picture)


def decode(picture: Image.Image, size: Size, channels: int) -> Pixels:
    """Return (channels, H, W) for a picture of any mode and size.

    Transparent places become white; 16 bits become 8. A picture of another size is scaled, the
    sides in proportion, until it covers ``size``, and its middle is taken.

    Raises:
        Exception: One of ``UNREADABLE``.
    """
    if picture.size[0] > 2 * size[1] and picture.size[1] > 2 * size[0]:
        picture.draft(picture.mode, size[::-1])  # JPEG can be read at an eighth; others ignore it
    upright = ImageOps.exif_transpose(picture)
    plain = _plain(upright).convert("L" if channels == 1 else "RGB")
    if plain.size != size[::-1]:
        plain = ImageOps.fit(plain, size[::-1], Image.Resampling.BILINEAR)
    array = np.asarray(plain)
    return array[np.newaxis] if channels == 1 else array.transpose(2, 0, 1)


def reason(error: BaseException) -> str:
    """Return why a file was left out, for a person."""
    if isinstance(error, UnidentifiedImageError):
        return "not a picture"
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return f"more than {Image.MAX_IMAGE_PIXELS} pixels"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror  # without the number and the path that the full text repeats
    return str(error).partition("\n")[0] or type(error).__name__


@contextmanager
def strictly() -> Iterator[None]:
    """Refuse a picture too large to be one, and take what Pillow only warns of without a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # such as a damaged date beside sound pixels
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _plain(picture: Image.Image) -> Image.Image:
    """Return the picture without transparency and with 8 bits a value."""
    if picture.mode.startswith("I"):
        values = np.asarray(picture).astype(np.int64)
        wide = picture.mode != "I" or values.max(initial=0) > 255
        return Image.fromarray((values // 257 if wide else values).clip(0, 255).astype(np.uint8))
    if picture.mode in {"LA", "PA", "RGBA"} or "transparency" in picture.info:
        shown = picture.convert("RGBA")
        white = Image.new("RGBA", shown.size, "white")
        return Image.alpha_composite(white, shown).convert("RGB")
    if picture.mode == "F":
        raise ValueError("pictures of floating-point values have no known range")
    return picture


def _grey_palette(picture: Image.Image) -> bool:
    if picture.mode != "P":
        return False
    colours = np.array(picture.getpalette("RGB"), np.uint8).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())
