"""The pages, in the order in which the navigation names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import compare, jobs, launch, overlay, studies, study, trial

if TYPE_CHECKING:
    from ..context import Context
    from ..page import Page

_SHOWING: Final[tuple[Page, ...]] = (studies, study, trial, compare, overlay)
_LAUNCHING: Final[tuple[Page, ...]] = (launch, jobs)


def pages_of(context: Context) -> tuple[Page, ...]:
    """Return the pages of a dashboard: those that start searches need somebody who does."""
    return _SHOWING if context.launcher is None else _SHOWING + _LAUNCHING
