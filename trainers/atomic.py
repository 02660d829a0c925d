"""Files that are either whole or not there."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes, *, flush: bool = True) -> None:
    """Write ``content`` to ``path`` in one step, creating its folder; a reader never sees a part.

    Args:
        path: The file.
        content: All of it.
        flush: Whether to wait for the disk, so that a power cut leaves the old file or the new.

    Raises:
        OSError: The folder cannot be written; an older file at ``path`` is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, since a rename is atomic only within one file system; opened by hand,
    # since `tempfile` would give a file that other people on a shared disk cannot read.
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            if flush:
                os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
