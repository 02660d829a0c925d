"""From a trial in the store to a folder that runs without sizewise."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from safetensors.numpy import save

from space import Architecture
from trainers import build_network, load_weights

from ..errors import ExportError
from ..files import replaced_folder
from ..frames import front_frame, trials_frame
from ..store import weights_path
from .check import Check, check_folder
from .description import (
    ARCHITECTURE,
    DESCRIPTION,
    MODEL,
    README,
    VALIDATION,
    WEIGHTS,
    description_text,
    is_export,
)
from .readme import readme
from .source import module_source

if TYPE_CHECKING:
    from pathlib import Path

    from trainers import Split

    from ..records import StudyRecord, TrialRecord
    from ..store import Store

LARGEST_VALIDATION: Final = 50_000_000
"""Bytes of validation images above which they are left out."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote and how it was checked.

    ``recorded`` is the trial's validation accuracy, ``check.accuracy`` that of the exported
    network. ``notes`` says in sentences what a person should know, such as a file left out.
    """

    folder: Path
    study: str
    number: int
    params: int
    macs: int
    recorded: float
    check: Check
    files: tuple[str, ...]
    notes: tuple[str, ...]


def export_trial(  # noqa: PLR0913 - what to export, where to, and from which data
    store: Store,
    study_name: str,
    number: int | None,
    destination: Path | None = None,
    *,
    split: Split,
    force: bool = False,
) -> ExportReport:
    """Write a trained network to ``destination``, checked before it appears there.

    Args:
        store: Where the study stands.
        study_name: Its name.
        number: The trial; None stands for the most accurate one on the front.
        destination: A folder that does not exist yet, or an empty one; None stands for
            ``exports/NUMBER`` in the study's folder.
        split: The split that the study was trained on.
        force: Replace an earlier export at ``destination``; anything else is never replaced.

    Raises:
        ExportError: The destination is taken, the trial has no weights, the split belongs to other
            data, or the exported network does not do what the trained one did.
        StoreError: There is no such study or trial.
    """
    study = store.study(study_name)
    trial = store.trial(study.id, _most_accurate(store, study) if number is None else number)
    destination = destination or store.folder(study_name) / "exports" / str(trial.number)
    _check_destination(destination, force=force)
    _check_data(study, split)
    accuracy = _check_accuracy(trial)
    with replaced_folder(destination) as folder:
        notes = _write(folder, store, study, trial, split)
        network = build_network(Architecture.from_dict(trial.architecture), seed=0)
        load_weights(network, folder / WEIGHTS)
        check = check_folder(folder, network, split, recorded=accuracy)
        files = tuple(sorted(path.name for path in folder.iterdir()))
    numbers = (trial.number, trial.params, trial.macs, accuracy)
    return ExportReport(destination, study.name, *numbers, check, files, notes)


def _most_accurate(store: Store, study: StudyRecord) -> int:
    front = front_frame(trials_frame(store, study.id), study.size)
    if front.empty:
        raise ExportError("trial", "the study must have a finished trial to export", study.name)
    # The largest on the front is the most accurate; of equal ones the first.
    best = front[front["accuracy"] == front["accuracy"].max()]
    return int(best["number"].min())


def _check_destination(destination: Path, *, force: bool) -> None:
    if not destination.exists() or (destination.is_dir() and not any(destination.iterdir())):
        return
    if not is_export(destination):
        rule = "the destination must be new, empty or an earlier export"
        raise ExportError("destination", rule, str(destination), "Choose another folder.")
    if not force:
        rule = "the destination must be new"
        raise ExportError("destination", rule, str(destination), "--force replaces the export.")


def _check_data(study: StudyRecord, split: Split) -> None:
    recorded = study.data.get("hash", split.data_hash)
    if recorded != split.data_hash:
        rule = f"the data must be those of the study, with hash {recorded}"
        raise ExportError("data", rule, split.data_hash)


def _check_accuracy(trial: TrialRecord) -> float:
    if trial.state not in {"finished", "stopped"} or trial.accuracy is None:
        rule = "a trial must have ended with an accuracy to be exported"
        told = f"trial {trial.number}: {trial.state} ({trial.reason or 'still training'})"
        raise ExportError("trial", rule, told)
    return trial.accuracy


def _write(
    folder: Path, store: Store, study: StudyRecord, trial: TrialRecord, split: Split
) -> tuple[str, ...]:
    _copy_weights(weights_path(store, study.name, trial.number), folder / WEIGHTS)
    architecture = json.dumps(trial.architecture, indent=2) + "\n"
    (folder / ARCHITECTURE).write_text(architecture, encoding="utf-8")
    (folder / DESCRIPTION).write_text(description_text(split), encoding="utf-8")
    (folder / MODEL).write_text(_source(study, trial, split), encoding="utf-8")
    notes = _write_validation(folder, split)
    (folder / README).write_text(readme(study, trial, split, notes), encoding="utf-8")
    return notes


def _copy_weights(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        rule = "the weights of a trial must be kept to export it"
        hint = "Trials on the front keep theirs."
        raise ExportError("trial", rule, f"no file {source}", hint) from None


def _source(study: StudyRecord, trial: TrialRecord, split: Split) -> str:
    title = f"Trial {trial.number} of the study {study.name}: {trial.params:,} params."
    architecture = Architecture.from_dict(trial.architecture)
    return module_source(architecture, title=title, split=split, accuracy=trial.accuracy or 0.0)


def _write_validation(folder: Path, split: Split) -> tuple[str, ...]:
    part = split.validation
    if part.images.nbytes > LARGEST_VALIDATION:
        told = f"{part.images.nbytes / 1e6:,.0f} MB"
        return (
            f"The validation images ({told}) are left out: `python model.py` has none to check.",
        )
    # Written here: `save_file` makes a file that only its owner may read.
    content = save({"images": part.images[:], "labels": part.labels})
    (folder / VALIDATION).write_bytes(content)
    return ()
