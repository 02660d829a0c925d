"""Decoded pictures on disk, so that decoding runs once."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from space.errors import InputError

from .assembly import Assembled
from .decode import RULES
from .parted import hash_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .assembly import Allocate
    from .images import Pixels

# Of the files in a folder of the cache; raised when they change.
FORMAT = 1
MAPPED_BYTES = 1 << 30
FOLDER_VARIABLE = "SIZEWISE_CACHE"


def cached(kind: str, key: Any, make: Callable[[Allocate], Assembled]) -> Assembled:
    """Return what ``make`` made when it was last asked with this key, or make and keep it.

    It lies in ``runs/cache``, or where the variable SIZEWISE_CACHE says, in a folder named by the
    key's hash. Images are written there as they are decoded; those of 1 GiB and more stay on disk
    and are mapped into memory.

    Args:
        kind: The beginning of the folder's name.
        key: JSON: all that the result depends on.
        make: Decodes into an array that it asks for once.

    Raises:
        InputError: The disk is full.
    """
    digest = hashlib.sha256(json.dumps([FORMAT, RULES, key]).encode()).hexdigest()
    folder = Path(os.environ.get(FOLDER_VARIABLE, "runs/cache")) / f"{kind}-{digest[:32]}"
    if not folder.is_dir():
        _write(folder, make)
    return _read(folder)


def _write(folder: Path, make: Callable[[Allocate], Assembled]) -> None:
    part = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}.part")
    part.mkdir(parents=True)
    try:
        made = make(lambda shape: _allocate(part / "images.npy", shape))
        np.save(part / "labels.npy", made.labels)
        about = {"parts": made.parts, "left_out": made.left_out, "hash": hash_of(made)}
        (part / "about.json").write_text(json.dumps(about), encoding="utf-8")
        part.replace(folder)
    except OSError:
        # Another process may have written the same in the meantime.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _allocate(path: Path, shape: tuple[int, ...]) -> Pixels:
    """Return an array in a file that has all its blocks: to write where none is left is fatal."""
    images = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    try:
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    except OSError as error:
        rule = f"the disk must have room for {images.nbytes / 1e6:,.0f} MB of decoded pictures"
        hint = f"Let the variable {FOLDER_VARIABLE} name a folder on another disk."
        raise InputError("data", rule, str(path.parent.parent), hint) from error
    return images


def _read(folder: Path) -> Assembled:
    path = folder / "images.npy"
    mapped = path.stat().st_size >= MAPPED_BYTES
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    labels = np.load(folder / "labels.npy")
    # Pictures that turned out to be unreadable left room at the end.
    images = np.load(path, mmap_mode="r" if mapped else None)[: len(labels)]
    return Assembled(images, labels, tuple(about["parts"]), tuple(about["left_out"]), about["hash"])
