"""What studies take on the disk, and which weights nobody will miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import Text, cast, func, select

from .. import columns
from ..front_query import front_numbers
from ..schema import FINALS, RUNNING, TRIALS
from ..store import weights_path

if TYPE_CHECKING:
    from pathlib import Path

    from ..records import StudyRecord
    from ..store import Store

_EPOCH_BYTES = 70
"""About what a row of the epochs takes: seven numbers and two keys."""
_PARTS = (columns.WEIGHTS, columns.CHECKPOINTS, columns.EXPORTS)


def usage_frame(store: Store) -> pd.DataFrame:
    """Return the bytes of each study, the largest first: the columns of `columns.USAGE`."""
    rows = [
        {columns.STUDY: study.name, columns.ROWS: _rows(store, study.id)}
        | _files(store.folder(study.name))
        for study in store.studies()
    ]
    frame = pd.DataFrame(rows, columns=list(columns.USAGE)[:-1])
    frame[columns.TOTAL] = frame.drop(columns=columns.STUDY).sum(axis=1)
    ordered = frame.sort_values(columns.TOTAL, ascending=False, ignore_index=True)
    return ordered.astype(columns.USAGE)


def _rows(store: Store, study_id: int) -> int:
    documents = (TRIALS.c.architecture, TRIALS.c.recipe, TRIALS.c.point, TRIALS.c.outline)
    texts = [func.length(cast(document, Text)) for document in documents]
    counted = select(func.coalesce(func.sum(sum(texts) + 200 + _EPOCH_BYTES * TRIALS.c.epochs), 0))
    return int(store.read(counted.where(TRIALS.c.study_id == study_id))[0][0])


def _files(folder: Path) -> dict[str, int]:
    found = dict.fromkeys((*_PARTS, columns.OTHER), 0)
    for path in folder.rglob("*"):
        if path.is_file():
            top = path.relative_to(folder).parts[0]
            found[top if top in _PARTS else columns.OTHER] += path.stat().st_size
    return found


@dataclass(frozen=True, slots=True)
class Prunable:
    """Files of weights that are not needed, in all ``size`` bytes, and how many are kept."""

    files: tuple[Path, ...]
    size: int
    kept: int


def prunable(store: Store, study_name: str, *, best: int = 0) -> Prunable:
    """Return the weights of a study that no answer asks for.

    Kept are those of trials on the front of any size, of trials with finals, of running ones, and
    of the ``best`` most accurate. A trial that was pruned keeps its record and can be trained
    again by `sizewise repeat`, but not exported.
    """
    study = store.study(study_name)
    needed = _needed(store, study, best)
    known = store.read(select(TRIALS.c.number).where(TRIALS.c.study_id == study.id))
    paths = {row.number: weights_path(store, study_name, row.number) for row in known}
    there = {number: path for number, path in paths.items() if path.is_file()}
    files = [path for number, path in sorted(there.items()) if number not in needed]
    size = sum(path.stat().st_size for path in files)
    return Prunable(tuple(files), size, len(there) - len(files))


def prune(found: Prunable) -> None:
    """Remove what `prunable` found."""
    for path in found.files:
        path.unlink(missing_ok=True)


def _needed(store: Store, study: StudyRecord, best: int) -> set[int]:
    needed = set(front_numbers(store, study.id, *study.sizes))
    for size in columns.SIZES:
        needed.update(front_numbers(store, study.id, size))
    study_id = study.id
    trained = select(TRIALS.c.number).join_from(FINALS, TRIALS, FINALS.c.trial_id == TRIALS.c.id)
    mine = select(TRIALS.c.number).where(TRIALS.c.study_id == study_id)
    order = (TRIALS.c.accuracy.desc(), TRIALS.c.params, TRIALS.c.number)
    accurate = mine.where(TRIALS.c.accuracy.is_not(None)).order_by(*order).limit(best)
    running = mine.where(TRIALS.c.state == RUNNING)
    for query in (trained.where(FINALS.c.study_id == study_id), accurate, running):
        needed.update(row.number for row in store.read(query))
    return needed
