"""Generated folders of pictures, good and bad."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = ("frame", "square")


def drawing(kind: str, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """A bright frame or a bright square on noise, (H, W) uint8."""
    image = rng.integers(0, 60, (height, width), dtype=np.uint8)
    rows, columns = height // 4, width // 4
    middle = (slice(rows, height - rows), slice(columns, width - columns))
    if kind == "square":
        image[middle] += 180
    else:
        kept = image[middle].copy()
        image += 180
        image[middle] = kept
    return image


def variants(image: np.ndarray) -> dict[str, Image.Image]:
    """The same picture as files hold it: name and picture."""
    grey = Image.fromarray(image)
    colour = Image.merge("RGB", [grey, grey.point(lambda v: v // 2), grey])
    clear = colour.copy()
    clear.putalpha(grey.point(lambda v: 255 if v > 100 else 0))
    return {
        "grey.png": grey,
        "photo.jpg": colour,
        "bitmap.bmp": colour,
        "palette.png": colour.quantize(16),
        "palette.gif": grey.quantize(16),
        "deep.png": Image.fromarray(image.astype(np.uint16) * 257),
        "clear.png": clear,
        "ink.tif": colour.convert("CMYK"),
    }


def write_tree(root: Path, *, rounds: int = 4, seed: int = 0, sides: tuple[int, ...] = ()) -> None:
    """Write each variant of each class, of a different size in each round."""
    rng = np.random.default_rng(seed)
    for kind in CLASSES:
        (root / kind).mkdir(parents=True)
        for number in range(rounds):
            side = sides[number % len(sides)] if sides else 16 + 3 * number
            for name, picture in variants(drawing(kind, side, side, rng)).items():
                picture.save(root / kind / f"{number}-{name}")


def write_bad_files(folder: Path) -> dict[str, str]:
    """Write files that cannot be read; return a part of the reason for each."""
    good = np.random.default_rng(1).integers(0, 256, (64, 64), dtype=np.uint8)
    Image.fromarray(good).save(folder / "whole.png")
    content = (folder / "whole.png").read_bytes()
    (folder / "whole.png").unlink()
    (folder / "truncated.png").write_bytes(content[: len(content) // 2])
    (folder / "headless.png").write_bytes(content[100:])
    (folder / "empty.png").touch()
    (folder / "notes.txt").write_text("not a picture", encoding="utf-8")
    # A header that promises 40,000 x 40,000 pixels.
    size = struct.pack(">II", 40_000, 40_000)
    header = b"IHDR" + size + content[24:29]
    check = struct.pack(">I", zlib.crc32(header))
    (folder / "huge.png").write_bytes(content[:12] + header + check + content[33:])
    Image.fromarray(good.astype(np.float32)).save(folder / "floats.tif")
    return {
        "empty.png": "not a picture",
        "floats.tif": "floating-point",
        "headless.png": "not a picture",
        "huge.png": "more than",
        "notes.txt": "not a picture",
        "truncated.png": "truncated",
    }
