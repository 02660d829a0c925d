"""Ctrl-C and SIGTERM while something is trained."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def interruptible(interrupt: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl-C (or SIGTERM) end the training cleanly, and the second end it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in signals]

    def ask(number: int, _frame: object) -> None:
        interrupt()
        signal.signal(number, signal.default_int_handler)

    for number in signals:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
