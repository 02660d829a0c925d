"""Which names a study may have: a name is also the name of a folder."""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING

from space.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Container

# A leading dot would hide the folder or leave it (".."), a leading dash would look like an option.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", re.ASCII)


def check_name(name: str, field: str = "study") -> str:
    """Return ``name`` if a study may be called so.

    Raises:
        InputError: The name could not be a folder of that name everywhere.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            field,
            "a study's name must be 1 to 100 letters, digits, dots, underscores or dashes, "
            "and begin with a letter, a digit or an underscore",
            name,
        )
    return name


def first_free(stem: str, taken: Container[str]) -> str:
    """Return ``stem``, or else the first of ``stem-2``, ``stem-3``, … that is not in ``taken``."""
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
