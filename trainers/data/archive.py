"""Reading .npz files that others wrote."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# What NumPy and zipfile raise at files that are empty, cut off, damaged, or of another kind.
_UNREADABLE = (
    OSError,
    ValueError,
    EOFError,
    TypeError,
    AttributeError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_arrays(path: Path, wanted: tuple[str, ...]) -> tuple[list[str], dict[str, NDArray[Any]]]:
    """Return the names in the file, sorted, and the wanted arrays that it has.

    Raises:
        ValueError: The file cannot be read as an .npz file of plain arrays.
    """
    try:
        # Opened here, since NumPy leaves the file open when it is not an archive; and without
        # pickle, since a data file must not be able to run code.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            names = sorted(archive.files)
            return names, {name: archive[name] for name in wanted if name in names}
    except _UNREADABLE as error:
        raise ValueError(str(error) or type(error).__name__) from error
