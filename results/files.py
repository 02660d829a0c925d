"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; a file written there takes its place at the end."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replaced_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``path``; it takes the place of ``path`` at the end.

    An older folder is moved aside first and removed last, so that at each moment one of the two is
    whole on the disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        new, old = work / "new", work / "old"
        new.mkdir()
        yield new
        if path.exists():
            path.replace(old)
        new.replace(path)
    finally:
        shutil.rmtree(work, ignore_errors=True)
