"""From a trial in the store to a folder that runs without sizewise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from space import Architecture
from trainers import build_network, load_weights

from .. import columns
from ..errors import ExportError
from ..files import replaced_folder
from ..finals import finalists_frame
from ..store import weights_path
from .card import UNKNOWN_LICENCE, Finals, Subject, card
from .check import Check, check_folder
from .choice import choose_trial
from .contents import write_contents
from .description import CARD, INT8, KERAS, WEIGHTS, is_export
from .forms import keras_is_installed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trainers import Split

    from ..records import StudyRecord, TrialRecord
    from ..store import Store


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote and how it was checked.

    ``recorded`` is the trial's validation accuracy; ``check`` is None where nothing was checked.
    ``notes`` says in sentences what a person should know, such as a file left out.
    """

    folder: Path
    study: str
    number: int
    params: int
    macs: int
    recorded: float
    check: Check | None
    files: tuple[str, ...]
    notes: tuple[str, ...]


def export_trial(  # noqa: PLR0913 - what to export, where to, from which data, and how
    store: Store,
    study_name: str,
    number: int | None,
    destination: Path | None = None,
    *,
    split: Split,
    max_params: int | None = None,
    min_accuracy: float | None = None,
    force: bool = False,
    check: bool = True,
    plain: bool = False,
    licence: str = UNKNOWN_LICENCE,
    tell: Callable[[str], None] = lambda _doing: None,
) -> ExportReport:
    """Write a trained network to ``destination``, checked before it appears there.

    Args:
        store: Where the study stands.
        study_name: Its name.
        number: The trial; None where one of the next two chooses it, or else for the most accurate
            one on the front.
        destination: A folder that does not exist yet, or an empty one; None stands for
            ``exports/NUMBER`` in the study's folder.
        split: The split that the study was trained on.
        max_params: Take the most accurate trial of at most so many params.
        min_accuracy: Take the smallest trial at least so accurate, a fraction.
        force: Replace an earlier export at ``destination``; anything else is never replaced.
        check: Compare every form with the trained network on the validation images.
        plain: Leave out all forms but those of torch and of sizewise.
        licence: Of network and weights, as the card tells it.
        tell: Hears what is being done.

    Raises:
        ExportError: The destination is taken, there is no such trial or it has no weights, the
            split belongs to other data, or a form does not do what the trained network did.
        StoreError: There is no such study or trial.
    """
    study = store.study(study_name)
    trial = choose_trial(store, study, number, max_params=max_params, min_accuracy=min_accuracy)
    destination = destination or store.folder(study_name) / "exports" / str(trial.number)
    _check_destination(destination, force=force)
    _check_data(study, split)
    accuracy = _check_accuracy(trial)
    subject = Subject(study, trial, split, licence, _finals(store, study, trial, split))
    with replaced_folder(destination) as folder:
        weights = weights_path(store, study_name, trial.number)
        notes = write_contents(folder, subject, weights, plain=plain, tell=tell)
        checked = _checked(folder, subject, tell) if check else None
        notes += _notes(checked, accuracy, plain=plain)
        (folder / CARD).write_text(card(folder, subject, checked, notes), encoding="utf-8")
        files = tuple(sorted(path.name for path in folder.iterdir()))
    numbers = (trial.number, trial.params, trial.macs, accuracy)
    return ExportReport(destination, study.name, *numbers, checked, files, notes)


def _finals(store: Store, study: StudyRecord, trial: TrialRecord, split: Split) -> Finals | None:
    """Return what the finals say of a trial, or None where it was not in them."""
    rows = finalists_frame(store, study.id, study.size)
    found = rows[rows[columns.NUMBER] == trial.number].to_dict("records")
    if not found:
        return None
    told = found[0]
    mean, margin = told[columns.TEST_MEAN], told[columns.TEST_MARGIN]
    return Finals(
        f"{told[columns.VERDICT]}: {told[columns.WHY]}",
        told[columns.TEST_N],
        mean,
        told[columns.TEST_STD],
        max(mean - margin, 0.0),
        min(mean + margin, 1.0),
        len(split.test),
    )


def _checked(folder: Path, subject: Subject, tell: Callable[[str], None]) -> Check:
    tell("checking every form")
    network = build_network(Architecture.from_dict(subject.trial.architecture), seed=0)
    load_weights(network, folder / WEIGHTS)
    recorded = subject.trial.accuracy or 0.0
    return check_folder(folder, network, subject.split, recorded=recorded)


def _notes(check: Check | None, recorded: float, *, plain: bool) -> tuple[str, ...]:
    """Return what a person should know of the forms that were checked, and of those that were not.

    Rounding to 8 bits costs something: a point is where a person would look for another way.
    """
    if check is None or plain:
        return ()
    notes = []
    rounded = check.of(INT8)
    if rounded is not None and rounded.accuracy < recorded - 0.01:
        lost = (recorded - rounded.accuracy) * 100
        notes.append(f"{INT8} is {lost:.1f} points less accurate: training it in 8 bits may help.")
    if not keras_is_installed():
        notes.append(f"{KERAS} was not run: `pip install keras` lets the check do so.")
    return tuple(notes)


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
