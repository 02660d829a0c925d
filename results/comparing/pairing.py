"""What trials have in common and where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from space.comparison import diff
from space.errors import InputError

from .. import columns
from ..finals.answered import read_answers
from ..frames import epochs_frame, trials_frame
from ..splits import stored_split
from ..store import weights_path
from .answers import sides

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from space.comparison import Change
    from trainers import Split

    from ..study import Study
    from .answers import Sides

MOST: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """The first trial beside another one.

    Args:
        one: Number of the first.
        other: Number of the other.
        changes: Their layers, aligned; costs are those of the other less those of the first.
        validation: How they answer for the validation images; None where weights are not kept.
        test: The same for the test images, once the finals have opened them: of the networks that
            were trained again from these trials.
    """

    one: int
    other: int
    changes: tuple[Change, ...]
    validation: Sides | None
    test: Sides | None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two to six trials side by side.

    Args:
        study: Name of the study.
        trials: One row a trial, in the order asked for: the columns of `columns.TRIALS`.
        curves: Their epochs: the columns of `columns.CURVES`.
        pairs: The first beside each other one.
        class_names: Of the images; empty where they are not at hand.
        notes: What could not be compared, and why.
    """

    study: str
    trials: pd.DataFrame
    curves: pd.DataFrame
    pairs: tuple[Pairing, ...]
    class_names: tuple[str, ...]
    notes: tuple[str, ...]


def compare(study: Study, numbers: Sequence[int], *, images: bool = True) -> Comparison:
    """Compare the first of these trials with each of the others.

    Args:
        study: The study.
        numbers: Of the trials.
        images: Whether the networks answer for the images, which takes torch and a while.

    Raises:
        InputError: There are fewer than two, more than six, one twice, or no such trial.
    """
    _check(numbers)
    id_ = study.record.id
    for number in numbers:
        study.store.trial(id_, number)
    notes: list[str] = []
    split = _split(study, notes) if images else None
    answers = {} if split is None else _answers(study, numbers, split, notes)
    tests = _test_answers(study, numbers)
    trials = trials_frame(study.store, id_, numbers=numbers)
    names = () if split is None else split.class_names
    first, *others = numbers
    return Comparison(
        study.name,
        trials.set_index(columns.NUMBER, drop=False).loc[list(numbers)].reset_index(drop=True),
        epochs_frame(study.store, id_, numbers=numbers),
        tuple(_pair(study, first, other, answers, tests, split) for other in others),
        names,
        tuple(notes),
    )


def _pair(  # noqa: PLR0913, PLR0917 - two trials, and all that is known of them
    study: Study,
    one: int,
    other: int,
    answers: dict[int, Any],
    tests: dict[int, Any],
    split: Split | None,
) -> Pairing:
    architectures = [study.architecture(number) for number in (one, other)]
    classes = architectures[0].classes
    validation = test = None
    if split is not None and one in answers and other in answers:
        part = split.validation
        chosen = answers[one], answers[other]
        validation = sides("validation", part.labels, chosen, classes, part.images)
    if one in tests and other in tests:
        # Without their pictures, which would have to be opened again.
        chosen = tests[one].classes, tests[other].classes
        test = sides("test", tests[one].labels, chosen, classes, None)
    return Pairing(one, other, diff(*architectures), validation, test)


def _check(numbers: Sequence[int]) -> None:
    if not 2 <= len(numbers) <= MOST:
        raise InputError("TRIALS", f"there must be 2 to {MOST} trials", len(numbers))
    if len(set(numbers)) < len(numbers):
        raise InputError("TRIALS", "each trial must be named once", list(numbers))


def _split(study: Study, notes: list[str]) -> Split | None:
    try:
        return stored_split(study.store, study.record)
    except InputError as error:
        notes.append(f"Images are not compared: {error}")
        return None


def _answers(
    study: Study, numbers: Sequence[int], split: Split, notes: list[str]
) -> dict[int, NDArray[np.int64]]:
    """Return what the networks that are kept take the validation images for."""
    # What follows brings torch along, which most readers of a store do without.
    from trainers import build_network, load_weights  # noqa: PLC0415
    from trainers.measurement import answer  # noqa: PLC0415

    found = {}
    for number in numbers:
        path = weights_path(study.store, study.name, number)
        if not path.is_file():
            notes.append(f"Trial {number} is not among the images: its weights are not kept.")
            continue
        network = build_network(study.architecture(number), seed=0)
        load_weights(network, path)
        found[number] = answer(network, split.validation, split).classes
    return found


def _test_answers(study: Study, numbers: Sequence[int]) -> dict[int, Any]:
    """Return the kept answers to the test images, of each trial's first seed."""
    told: dict[int, Any] = {}
    for (number, _seed), answers in sorted(read_answers(study.store, study.name).items()):
        if number in numbers:
            told.setdefault(number, answers)
    return told
