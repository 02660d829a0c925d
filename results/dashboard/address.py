"""Addresses of views: all that a view shows can be said in its URL, and read from it again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from space.errors import InputError, closest

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Address:
    """A page and what it shows.

    ``path`` stands below the dashboard's prefix, such as ``/study``; ``query`` holds text by name.
    """

    path: str
    query: dict[str, str] = field(default_factory=dict)

    @property
    def relative(self) -> str:
        """The path with its query."""
        kept = {name: value for name, value in self.query.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def choice(self, name: str, usual: str, known: Collection[str]) -> str:
        """Return a value that must be one of those known, or what is usual where none is given.

        Raises:
            InputError: It is none of them.
        """
        value = self.query.get(name) or usual
        if value not in known:
            raise InputError(
                name, f"must be one of {', '.join(known)}", value, closest(value, known)
            )
        return value

    def numbers(self, name: str) -> list[int]:
        """Return a value such as ``3,14,15`` as numbers.

        Raises:
            InputError: It is empty, or something in it is no number.
        """
        told = self.query.get(name, "")
        parts = [part for part in re.split(r"[\s,]+", told) if part]
        if not parts or not all(part.isdecimal() and len(part) < 10 for part in parts):
            raise InputError(name, "must be numbers with commas", told)
        return [int(part) for part in parts]


def read_address(pathname: str | None, search: str | None, prefix: str) -> Address:
    """Return what the browser's location names.

    Args:
        pathname: Such as ``/prefix/study``.
        search: Such as ``?name=digits``.
        prefix: What the dashboard stands behind, with slashes at both ends.
    """
    whole = pathname or "/"
    path = whole[len(prefix) - 1 :] if whole.startswith(prefix) else whole
    values = parse_qsl((search or "").removeprefix("?"), max_num_fields=100)
    return Address("/" + path.strip("/"), dict(values))
