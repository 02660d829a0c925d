"""From one string to a data set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from space.errors import InputError, closest

from .callables import read_callable
from .folder import read_folder
from .hugging_face import read_hugging_face
from .images import ImageData
from .keras_npz import read_npz

if TYPE_CHECKING:
    from collections.abc import Callable

EMBEDDED = "digits"
WITH_PATH: dict[str, Callable[[str], ImageData]] = {
    "folder": read_folder,
    "hf": read_hugging_face,
    "npz": read_npz,
    "python": read_callable,
}
FORMS = {"folder": "PATH", "hf": "NAME[:CONFIG]", "npz": "PATH", "python": "MODULE:FUNCTION"}


def load_data(source: str) -> ImageData:
    """Load the images that a string names.

    ``digits`` (1,797 images of 8x8, from scikit-learn), ``npz:PATH`` (with Keras keys),
    ``folder:PATH`` (a folder a class), ``hf:NAME[:CONFIG]`` (Hugging Face `datasets`) or
    ``python:MODULE:FUNCTION`` (your own).

    Raises:
        InputError: No such source, or its content cannot be used; the field is ``data``.
    """
    if not isinstance(source, str):
        raise _unknown(source)
    kind, colon, path = source.partition(":")
    if source == EMBEDDED:
        return _digits()
    if kind not in WITH_PATH:
        raise _unknown(source)
    if not colon or not path:
        suggestion = f"Write {kind}:{FORMS[kind]}."
        raise InputError("data", f"the source {kind!r} must say which", source, suggestion)
    return WITH_PATH[kind](path)


def _unknown(source: object) -> InputError:
    known = (EMBEDDED, *(f"{kind}:{form}" for kind, form in FORMS.items()))
    rule = f"data must be one of {', '.join(known)}"
    kind, colon, _ = str(source).partition(":")
    if not colon and kind.endswith(".npz"):
        return InputError("data", rule, source, f"Did you mean 'npz:{kind}'?")
    if not colon and Path(kind).is_dir():
        return InputError("data", rule, source, f"Did you mean 'folder:{kind}'?")
    return InputError("data", rule, source, closest(kind, (EMBEDDED, *WITH_PATH)))


def _digits() -> ImageData:
    # Here, since scikit-learn takes a second to import and most sources do without it.
    from sklearn.datasets import load_digits  # noqa: PLC0415

    bunch = load_digits()
    # The 8x8 images count the inked pixels of 4x4 blocks: 0 to 16.
    images = np.rint(bunch.images * (255 / 16)).astype(np.uint8)[:, np.newaxis]
    names = tuple(str(name) for name in bunch.target_names)
    return ImageData(EMBEDDED, images, bunch.target.astype(np.int64), names)
