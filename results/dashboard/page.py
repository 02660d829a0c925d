"""What a page is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

    from .address import Address
    from .context import Context


class Page(Protocol):
    """One kind of view: a module's functions, or a value that has them."""

    @property
    def path(self) -> str:
        """Where it stands, such as ``/study``."""
        ...

    @property
    def title(self) -> str:
        """What the navigation calls it; empty where it is reached from other pages alone."""
        ...

    def layout(self, context: Context, address: Address) -> Component:
        """Return the view that an address names.

        Raises:
            InputError: The address names what is not there; the shell shows rule and suggestion.
        """
        ...

    def wire(self, app: Dash, context: Context) -> None:
        """Register the callbacks of the page, once."""
        ...
