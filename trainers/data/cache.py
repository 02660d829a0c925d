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

from .assembly import Assembled
from .decode import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

MAPPED_BYTES = 1 << 30
FOLDER_VARIABLE = "SIZEWISE_CACHE"


def cached(kind: str, key: Any, make: Callable[[], Assembled]) -> Assembled:
    """Return what ``make`` made when it was last asked with this key, or make and keep it.

    It lies in ``runs/cache``, or where the variable SIZEWISE_CACHE says, in a folder named by the
    key's hash. Images of 1 GiB and more stay on disk and are mapped into memory.

    Args:
        kind: The beginning of the folder's name.
        key: JSON: all that the result depends on.
        make: Decodes.
    """
    digest = hashlib.sha256(json.dumps([RULES, key]).encode()).hexdigest()
    folder = Path(os.environ.get(FOLDER_VARIABLE, "runs/cache")) / f"{kind}-{digest[:32]}"
    if not folder.is_dir():
        _write(folder, make())
    return _read(folder)


def _write(folder: Path, made: Assembled) -> None:
    part = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}.part")
    part.mkdir(parents=True)
    try:
        np.save(part / "images.npy", made.images)
        np.save(part / "labels.npy", made.labels)
        about = {"parts": made.parts, "left_out": made.left_out}
        (part / "about.json").write_text(json.dumps(about), encoding="utf-8")
        part.replace(folder)
    except OSError:
        # Another process may have written the same in the meantime.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _read(folder: Path) -> Assembled:
    path = folder / "images.npy"
    mapped = path.stat().st_size >= MAPPED_BYTES
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return Assembled(
        np.load(path, mmap_mode="r" if mapped else None),
        np.load(folder / "labels.npy"),
        tuple(about["parts"]),
        tuple(about["left_out"]),
    )
