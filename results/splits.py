"""Which images a study was trained on, and judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from space.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from trainers import Split

    from .records import StudyRecord
    from .store import Store


def split_path(store: Store, study_name: str) -> Path:
    """Return where the split of a study lies: which image is in which part."""
    return store.folder(study_name) / "split.npz"


def stored_split(store: Store, study: StudyRecord) -> Split:
    """Return the split that a study began with.

    Raises:
        InputError: Its data or its split cannot be read any more, or have changed.
    """
    # Images bring torch along, which most readers of a store do without.
    from trainers import load_data  # noqa: PLC0415
    from trainers.data import apply_indices, load_split_indices  # noqa: PLC0415

    path = split_path(store, study.name)
    if not path.is_file():
        hint = "Set SIZEWISE_RUNS to the folder that held it, or go on where the study began."
        raise InputError("study", "the file of its split must be at hand", str(path), hint)
    return apply_indices(load_data(study.data["name"]), load_split_indices(path))
