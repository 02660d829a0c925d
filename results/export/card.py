"""What a person reads first in an exported folder."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

from scipy.stats import binomtest

from .calls import text
from .description import (
    ARCHITECTURE,
    CARD,
    DESCRIPTION,
    INT8,
    KERAS,
    MODEL,
    ONNX,
    PROGRAM,
    RECIPE,
    TRAIN,
    VALIDATION,
    WEIGHTS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trainers import Split

    from ..records import StudyRecord, TrialRecord
    from .check import Check

UNKNOWN_LICENCE = "not stated"


@dataclass(frozen=True, slots=True)
class Finals:
    """What trainings with fresh seeds gave for the same network.

    Args:
        verdict: What the finals say of it, in words.
        trainings: How many were tested: 0 before the test images were opened, or without a place.
        mean: Their mean accuracy on the test images, a fraction.
        std: Its standard deviation between trainings.
        low: The lower end of the 95 % interval of the mean, and ``high`` the upper one.
        high: Likewise.
        images: How many test images there are.
    """

    verdict: str
    trainings: int
    mean: float
    std: float
    low: float
    high: float
    images: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What a card is about."""

    study: StudyRecord
    trial: TrialRecord
    split: Split
    licence: str
    finals: Finals | None

    @property
    def title(self) -> str:
        """The first line of all files."""
        study, trial = self.study.name, self.trial
        return f"Trial {trial.number} of the study {study}: {trial.params:,} params."


def card(folder: Path, subject: Subject, check: Check | None, notes: tuple[str, ...]) -> str:
    """Return the text of ``card.md``: numbers, how to load each form, what lies where."""
    present = {path.name for path in folder.iterdir()}
    parts = [
        f"# {subject.study.name}, trial {subject.trial.number}",
        subject.trial.outline,
        _numbers(subject),
        _caution(subject),
        "## Forms",
        _forms(check),
        *notes,
        *_loading(present, subject.split),
        "## Files",
        _files(present),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _numbers(subject: Subject) -> str:
    trial, split = subject.trial, subject.split
    rows = {
        "accuracy, validation": _validation_accuracy(trial.accuracy or 0.0, len(split.validation)),
        **_finals_rows(subject.finals),
        "params": f"{trial.params:,}",
        "macs (one image)": f"{trial.macs:,}",
        "weights": f"{trial.weight_bytes:,} bytes",
        "activations (peak, one image)": f"{trial.activation_bytes:,} bytes",
        **_latency_row(trial.latency_ms),
        "trained": f"{trial.epochs:,} epochs, seed {trial.seed}",
        "data": f"`{subject.study.data.get('name', 'unnamed')}`, hash `{split.data_hash}`",
        "input": f"{tuple(split.validation.images.shape[1:])}, uint8",
        "classes": f"{len(split.class_names):,}, by name in `model.CLASS_NAMES`",
        "licence": subject.licence,
    }
    return _table(("what", "value"), list(rows.items()))


def _latency_row(latency_ms: float | None) -> dict[str, str]:
    if latency_ms is None:
        return {}
    return {"latency (one image)": f"{latency_ms:.3g} ms, one thread where the search ran"}


def _validation_accuracy(accuracy: float, images: int) -> str:
    """Return it with Wilson's interval, which allows for the number of images alone."""
    interval = binomtest(round(accuracy * images), images).proportion_ci(method="wilson")
    ends = f"{interval.low:.2%} to {interval.high:.2%}"
    return f"{accuracy:.2%} of {images:,} images (95 % interval {ends}), n = 1 training"


def _finals_rows(finals: Finals | None) -> dict[str, str]:
    if finals is None:
        return {}
    rows = {"finals": finals.verdict}
    if not finals.trainings:
        return rows
    told = f"{finals.mean:.2%} ± {finals.std:.2%} of {finals.images:,} images"
    ends = f"95 % interval of the mean {finals.low:.2%} to {finals.high:.2%}"
    return rows | {"accuracy, test": f"{told} ({ends}), n = {finals.trainings} trainings"}


def _caution(subject: Subject) -> str:
    chosen = "The validation images are those that the network was chosen by"
    if subject.finals is None or not subject.finals.trainings:
        return f"{chosen}, so expect a little less on new ones. No test image was shown to it."
    told = "The test accuracy is that of trainings with fresh seeds, not of these weights."
    return f"{chosen}. {told}"


def _forms(check: Check | None) -> str:
    if check is None:
        return "This export was not checked: no form was compared with the trained network."
    rows = []
    for row in check.forms:
        numbers = f"{row.bytes:,}", f"{row.largest_difference:.1e}", f"{row.accuracy:.2%}"
        rows.append((f"`{row.form}`", *numbers))
    head = ("form", "bytes", "largest difference of logits", "accuracy, validation")
    compared = (
        f"Each was compared with the trained network on all {check.images:,} validation images; "
        f"the largest logit is {check.largest_logit:.3g}."
    )
    return f"{compared}\n\n{_table(head, rows)}"


_SECTIONS = {
    MODEL: "card_torch.txt",
    ONNX: "card_onnx.txt",
    PROGRAM: "card_program.txt",
    KERAS: "card_keras.txt",
    TRAIN: "card_train.txt",
}


def _loading(present: set[str], split: Split) -> list[str]:
    """Return how each form is loaded; the examples can be run in the folder."""
    channels, height, width = split.validation.images.shape[1:]
    values = {
        "shape": f"(N, {channels}, {height}, {width})",
        "zeros": f"(4, {channels}, {height}, {width})",
        "zeros_last": f"(4, {height}, {width}, {channels})",
        "int8": f"  # {INT8} likewise" if INT8 in present else "",
    }
    names = [name for form, name in _SECTIONS.items() if form in present]
    return [Template(text(name)).substitute(values).rstrip() for name in names]


def _files(present: set[str]) -> str:
    rows = {
        CARD: "this page",
        MODEL: "the network in plain torch, with loading and preprocessing",
        WEIGHTS: "its trained weights",
        PROGRAM: "network, weights and preprocessing as a program of `torch.export`",
        ONNX: "the same as ONNX, for any number of images",
        INT8: "the same in 8 bits, by static quantisation on training images",
        KERAS: "the network in Keras 3, channels last, with its loader of the weights",
        TRAIN: "trains it again, with torch and NumPy",
        RECIPE: "how it was trained, as the `recipe` of a sizewise job",
        ARCHITECTURE: "its description, as sizewise reads it",
        DESCRIPTION: "class names, normalisation, and how a picture becomes an input",
        VALIDATION: "images (uint8) and labels that it was chosen by",
    }
    told = [(f"`{name}`", what) for name, what in rows.items() if name in present | {CARD}]
    return _table(("file", "content"), told)
