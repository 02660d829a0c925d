"""What every page knows: the store, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from space.errors import InputError

from .address import Address

if TYPE_CHECKING:
    from ..store import Store
    from .launcher import Launcher
    from .snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class Context:
    """The house that the pages stand in.

    Args:
        store: What the pages show.
        prefix: What the dashboard stands behind, with slashes at both ends.
        snapshots: The numbers of the studies that were looked at last.
        read_only: Whether pages only show: nothing is started, stopped, exported or noted down.
        launcher: Starts and stops searches, where pages may do that.
    """

    store: Store
    prefix: str
    snapshots: Snapshots
    read_only: bool = False
    launcher: Launcher | None = None

    @property
    def searches(self) -> Launcher:
        """Who starts and stops searches.

        Raises:
            InputError: This dashboard only shows.
        """
        if self.launcher is None:
            raise InputError("address", "this dashboard must be one that starts searches", None)
        return self.launcher

    def href(self, path: str, **values: object) -> str:
        """Return a link to a page; values become its query."""
        given = {name: str(value) for name, value in values.items() if value is not None}
        return self.prefix.rstrip("/") + Address(path, given).relative
