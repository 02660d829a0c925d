"""Renaming and deleting a study: its rows and its folder together, whatever interrupts it."""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import delete as deletion
from sqlalchemy import select, update

from space.errors import InputError

from ..errors import StudyExistsError
from ..leases import hold, release
from ..names import check_name
from ..schema import STUDIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ..records import StudyRecord
    from ..store import Store

_SECONDS = 600.0


def rename(
    store: Store, old: str, new: str, *, gone: Callable[[str], bool] = lambda _holder: False
) -> None:
    """Call a study otherwise, and move its folder; called again, it ends what was interrupted.

    Args:
        store: Where the study stands.
        old: Its name.
        new: Its new name.
        gone: As for `results.leases.hold`.

    Raises:
        UnknownStudyError: There is no such study.
        StudyHeldError: The study is running.
        StudyExistsError: The new name is taken.
        InputError: The new name is not allowed, or there is a folder of that name.
    """
    study = store.study(old)
    check_name(new)
    here, there = store.folder(old), store.folder(new)
    with _held(store, study, gone), store.write() as connection:
        taken = select(STUDIES.c.id).where(STUDIES.c.name == new)
        if connection.execute(taken).first() is not None:
            raise StudyExistsError("study", "the new name must be free", new)
        if here.exists() and there.exists():
            raise InputError("study", "there must be no folder of the new name", str(there))
        connection.execute(update(STUDIES).where(STUDIES.c.id == study.id).values(name=new))
        with _moved(here, there):
            connection.commit()


def delete(store: Store, name: str, *, gone: Callable[[str], bool] = lambda _holder: False) -> None:
    """Remove a study with its trials, epochs, finals, weights, checkpoints, plots and exports.

    Its folder is moved aside before its rows go, and removed after: a new study of that name never
    finds files of the old one. Called again, it ends what was interrupted. An SQLite file keeps its
    length and fills the room again.

    Args:
        store: Where the study stands.
        name: Its name.
        gone: As for `results.leases.hold`.

    Raises:
        UnknownStudyError: There is no such study.
        StudyHeldError: The study is running.
    """
    study = store.study(name)
    folder = store.folder(name)
    aside = folder.with_name(f".{name}.deleted")
    with _held(store, study, gone), store.write() as connection:
        # What an interrupted call moved there.
        shutil.rmtree(aside, ignore_errors=True)
        connection.execute(deletion(STUDIES).where(STUDIES.c.id == study.id))
        with _moved(folder, aside):
            connection.commit()
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _held(store: Store, study: StudyRecord, gone: Callable[[str], bool]) -> Iterator[None]:
    """Keep drivers away meanwhile; a study that one of them runs is refused."""
    holder = f"{socket.gethostname()} process {os.getpid()}"
    hold(store, study.id, holder, seconds=_SECONDS, gone=gone)
    try:
        yield
    finally:
        release(store, study.id, holder)


@contextmanager
def _moved(here: Path, there: Path) -> Iterator[None]:
    """Move a folder where it is there, and back where what follows fails."""
    with suppress(FileNotFoundError):
        here.rename(there)
    try:
        yield
    except BaseException:
        with suppress(FileNotFoundError):
            there.rename(here)
        raise
