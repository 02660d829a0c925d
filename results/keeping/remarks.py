"""What a person writes about studies and trials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from space.errors import InputError

from ..errors import StoreError
from ..schema import STUDIES, TRIALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..store import Store

_TAG = re.compile(r"[^\s,]{1,50}")


def note(store: Store, study_name: str, text: str, number: int | None = None) -> None:
    """Write a note about a study, or about one of its trials, in place of the one before.

    Args:
        store: Where the study stands.
        study_name: Its name.
        text: Empty to remove the note.
        number: The trial.

    Raises:
        UnknownStudyError: There is no such study.
        StoreError: There is no such trial.
    """
    study = store.study(study_name).id
    values = {"note": text.strip() or None}
    if number is None:
        _change(store, study, values)
        return
    one = (TRIALS.c.study_id == study) & (TRIALS.c.number == number)
    with store.write() as connection:
        if connection.execute(update(TRIALS).where(one).values(values)).rowcount != 1:
            raise StoreError("trial", "the study must have a trial of that number", number)


def tag(store: Store, study_name: str, tags: Iterable[str], *, remove: bool = False) -> list[str]:
    """Add tags to a study, or remove some, and return those that it has now, in their order.

    Raises:
        UnknownStudyError: There is no such study.
        InputError: A tag has blanks or commas, or is not there to be removed.
    """
    study = store.study(study_name)
    given, now = list(tags), list(study.tags)
    for each in given:
        if not _TAG.fullmatch(each):
            raise InputError("TAG", "must be 1 to 50 characters without blanks or commas", each)
        if remove and each not in now:
            raise InputError("TAG", "the study must have it", each, f"It has: {', '.join(now)}.")
    kept = [each for each in now if each not in given]
    now = kept if remove else sorted({*now, *given})
    _change(store, study.id, {"tags": now})
    return now


def archive(store: Store, study_name: str, *, archived: bool = True) -> None:
    """Leave a study out of lists, or show it there again; nothing else changes."""
    _change(store, store.study(study_name).id, {"archived": archived})


def _change(store: Store, study_id: int, values: dict[str, Any]) -> None:
    with store.write() as connection:
        connection.execute(update(STUDIES).where(STUDIES.c.id == study_id).values(values))
