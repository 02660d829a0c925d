"""Writes that wait for a store which is locked, full or gone for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from .trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from results import Store

PATIENCE_SECONDS = 120.0
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0

_Result = TypeVar("_Result")


def patiently(store: Store, write: Callable[[], _Result]) -> _Result:
    """Return what ``write`` returns, tried again for two minutes while the store is in trouble.

    A write is one transaction, so that one which failed has left nothing behind.

    Raises:
        Trouble: The store did not come back; says what it said last.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    wait = _FIRST_WAIT
    while True:
        try:
            return write()
        except (InterfaceError, OperationalError, OSError) as error:
            if time.monotonic() + wait > deadline:
                cause = getattr(error, "orig", None) or error
                told = f"{store!r} could not be written for {PATIENCE_SECONDS:.0f} s: {cause}."
                raise Trouble(told) from error
        time.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT)
