"""Is the exported network the one that was trained?"""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch

from trainers import Part, evaluate
from trainers.resident import make_resident, network_input

from ..errors import ExportError
from .exported import load_export

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from trainers import Split

TOLERANCE: Final = 1e-4
"""By how much logits may differ, relative to the largest of them (or to 1): float32 rounding."""

_BATCH = 256


@dataclass(frozen=True, slots=True)
class Check:
    """How the exported network compares with the trained one.

    Args:
        largest_difference: Between their logits for the same images.
        largest_logit: What that difference is seen against.
        accuracy: Of the exported network on the validation part.
        images: How many images that part holds.
    """

    largest_difference: float
    largest_logit: float
    accuracy: float
    images: int


def check_folder(folder: Path, network: nn.Module, split: Split, *, recorded: float) -> Check:
    """Compare the model in ``folder``, by its own source and as read back, with ``network``.

    All see the first validation images, each through the preprocessing of its own.

    Args:
        folder: Holds all files of an export that a network is loaded from.
        network: The trained one, as `trainers.build_network` gives it.
        split: The split that the network was trained on.
        recorded: The validation accuracy of the trial.

    Raises:
        ExportError: Logits or accuracy differ by more than rounding explains.
    """
    # Run from its text, since an import would leave a cache beside it.
    exported = runpy.run_path(str(folder / "model.py"))
    model = exported["load"](folder)
    first = Part(split.validation.images[:_BATCH], split.validation.labels[:_BATCH])
    wanted = _trained_logits(network, first, split)
    with torch.inference_mode():
        given = model(exported["preprocess"](torch.from_numpy(first.images.copy())))
    read_back = torch.from_numpy(load_export(folder).logits(first.images.copy()))
    measured = _accuracy(exported, model, split.validation)
    check = Check(
        max(float((each - wanted).abs().max()) for each in (given, read_back)),
        float(wanted.abs().max()),
        measured,
        len(split.validation),
    )
    _judge(check, recorded, agrees=exported["agrees"](measured))
    return check


def _trained_logits(network: nn.Module, part: Part, split: Split) -> Tensor:
    evaluate(network, part, split)
    resident = make_resident(part, split, torch.device("cpu"))
    with torch.inference_mode():
        logits: Tensor = network(network_input(resident, resident.pixels))
    return logits


def _accuracy(exported: dict[str, Any], model: nn.Module, part: Part) -> float:
    right = 0
    with torch.inference_mode():
        for start in range(0, len(part), _BATCH):
            images = torch.from_numpy(part.images[start : start + _BATCH].copy())
            answers = model(exported["preprocess"](images)).argmax(dim=1).numpy()
            right += int((answers == part.labels[start : start + _BATCH]).sum())
    return right / len(part)


def _judge(check: Check, recorded: float, *, agrees: bool) -> None:
    if not check.largest_difference <= TOLERANCE * max(1.0, check.largest_logit):
        rule = "the exported network must give the logits of the trained one"
        raise ExportError("export", rule, f"a difference of {check.largest_difference:.3g}")
    if not agrees:
        raise ExportError(
            "export",
            f"the exported network must have the recorded accuracy, {recorded:.4f}",
            round(check.accuracy, 4),
            "Are weights and data those of this study?",
        )
