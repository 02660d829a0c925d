"""The driver's hold on its study: taken before the first trial, renewed while it runs."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from results.errors import StudyHeldError
from results.leases import hold, release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from results import Store

LEASE_SECONDS = 60.0
RENEWALS = 4
"""How often a lease is renewed in its time, so that one renewal that comes late costs nothing."""


@contextmanager
def leased(store: Store, study_id: int) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Hold a study; yields a function that is told what to call should the hold be lost.

    A driver of this machine that was killed is known by its process, so that nobody waits for its
    lease to run out; that of another machine has to.

    Raises:
        StudyHeldError: Another driver runs the study.
    """
    holder = f"{socket.gethostname()} process {os.getpid()}"
    hold(store, study_id, holder, seconds=LEASE_SECONDS, gone=died_here)
    lost: list[Callable[[], None]] = []
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(LEASE_SECONDS / RENEWALS):
            try:
                hold(store, study_id, holder, seconds=LEASE_SECONDS)
                store.see(study_id)
            except StudyHeldError:
                for tell in lost:
                    tell()
                return
            except (SQLAlchemyError, OSError):
                # The driver's own writes wait for the store, and say so when it stays away.
                continue

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield lost.append
    finally:
        stop.set()
        thread.join()
        # A lease that cannot be given back runs out, and is known to be a dead process's before.
        with suppress(SQLAlchemyError, OSError):
            store.see(study_id)
            release(store, study_id, holder)


def died_here(holder: str) -> bool:
    """Return whether a holder of a lease was a process of this machine, and is no more."""
    machine, _, process = holder.rpartition(" process ")
    if machine != socket.gethostname() or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # it lives, and is somebody else's
    return False
