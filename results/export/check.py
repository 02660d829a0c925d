"""Is the exported network the one that was trained, in every form?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from trainers.evaluation import logits_of
from trainers.resident import show

from ..errors import ExportError
from .description import INT8, KERAS
from .forms import FORMS, NEEDS, keras_is_installed, logits_of_form

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import nn

    from trainers import Split

TOLERANCE: Final = 1e-4
"""By how much logits may differ, relative to the largest of them (or to 1): float32 rounding."""


@dataclass(frozen=True, slots=True)
class FormCheck:
    """How one form compares with the trained network.

    Args:
        form: The name of its file.
        bytes: Of that file and of those that it needs.
        largest_difference: Between its logits and those of the trained network.
        accuracy: On the validation part.
    """

    form: str
    bytes: int
    largest_difference: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Check:
    """How the exported network compares with the trained one, on all validation images.

    Args:
        forms: In the order in which they were asked.
        largest_logit: What a difference is seen against.
        images: How many images the validation part holds.
    """

    forms: tuple[FormCheck, ...]
    largest_logit: float
    images: int

    def of(self, form: str) -> FormCheck | None:
        """Return the row of a form, None where it was not asked."""
        return next((each for each in self.forms if each.form == form), None)


def check_folder(folder: Path, network: nn.Module, split: Split, *, recorded: float) -> Check:
    """Compare every form in ``folder`` with ``network`` on the validation images.

    ``model_keras.py`` is asked where Keras is installed. ``model.int8.onnx`` is rounded on purpose:
    its difference and its accuracy are told, and judged by nobody.

    Args:
        folder: Holds all files of an export that a network is loaded from.
        network: The trained one, as `trainers.build_network` gives it.
        split: The split that the network was trained on.
        recorded: The validation accuracy of the trial.

    Raises:
        ExportError: A form does not run, or its logits or accuracy differ by more than rounding
            explains.
    """
    wanted = _trained_logits(network, split)
    forms = [form for form in FORMS if (folder / form).is_file()]
    with ThreadPoolExecutor(1) as aside:
        # Keras takes seconds to start, in a process of its own, while the others are asked.
        asked = (folder / KERAS).is_file() and keras_is_installed()
        keras = aside.submit(_compared, folder, KERAS, wanted, split) if asked else None
        rows = [_judge(_compared(folder, form, wanted, split), wanted, recorded) for form in forms]
        if keras is not None:
            rows.append(_judge(keras.result(), wanted, recorded))
    return Check(tuple(rows), float(np.abs(wanted).max()), len(split.validation))


def _trained_logits(network: nn.Module, split: Split) -> NDArray[np.float32]:
    shown = show(split.validation, split, torch.device("cpu"))
    return np.concatenate([logits.numpy() for logits, _ in logits_of(network, shown)])


def _compared(folder: Path, form: str, wanted: NDArray[np.float32], split: Split) -> FormCheck:
    given = logits_of_form(folder, form, split.validation.images)
    if given.shape != wanted.shape or not np.isfinite(given).all():
        rule = f"{form} must give finite logits of shape {wanted.shape}"
        raise ExportError("export", rule, given.shape)
    right = (given.argmax(axis=1) == split.validation.labels).mean()
    size = sum((folder / name).stat().st_size for name in (form, *NEEDS.get(form, ())))
    return FormCheck(form, size, float(np.abs(given - wanted).max()), float(right))


def _judge(row: FormCheck, wanted: NDArray[np.float32], recorded: float) -> FormCheck:
    if row.form == INT8:
        return row
    if not row.largest_difference <= TOLERANCE * max(1.0, float(np.abs(wanted).max())):
        rule = f"{row.form} must give the logits of the trained network"
        raise ExportError("export", rule, f"a difference of {row.largest_difference:.3g}")
    images = len(wanted)
    # Of a thousand images one may differ, since processors round in ways of their own.
    if round(abs(row.accuracy - recorded) * images) > images // 1000:
        raise ExportError(
            "export",
            f"{row.form} must have the recorded accuracy, {recorded:.4f}",
            round(row.accuracy, 4),
            "Are weights and data those of this study?",
        )
    return row
