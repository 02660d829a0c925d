"""Addresses of views: all that a view shows can be said in its URL, and read from it again."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode


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

    def changed(self, **values: str | None) -> Address:
        """Return the same view with some values changed, and without those that are none."""
        merged = {**self.query, **values}
        return Address(self.path, {name: value for name, value in merged.items() if value})

    def numbers(self, name: str) -> list[int]:
        """Return a value such as ``3,14,15`` as numbers; what is no number is left out."""
        parts = self.query.get(name, "").split(",")
        return [int(part) for part in parts if part.strip().isdecimal()]


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
