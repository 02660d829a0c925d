"""What the files of an export are called, and the one that says what its network expects."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from space import Architecture
from space.errors import InputError
from trainers.data.decode import RULES

from ..errors import ExportError

if TYPE_CHECKING:
    from pathlib import Path

    from trainers import Split

MODEL: Final = "model.py"
WEIGHTS: Final = "model.safetensors"
ARCHITECTURE: Final = "architecture.json"
DESCRIPTION: Final = "export.json"
VALIDATION: Final = "validation.safetensors"
KERAS: Final = "model_keras.py"
PROGRAM: Final = "model.pt2"
ONNX: Final = "model.onnx"
INT8: Final = "model.int8.onnx"
RECIPE: Final = "recipe.yaml"
TRAIN: Final = "train.py"
CARD: Final = "card.md"

FORMAT: Final = 1
"""Of ``export.json``; raised when a reader of the old one would misread the new one."""

PICTURES: Final = {
    "rules": RULES,
    "resize": "scale until it covers the input, bilinear, sides in proportion; take the middle",
    "transparent": "white",
    "orientation": "upright by EXIF",
}
"""How a picture becomes the network's input; ``rules`` stands for all of it."""

_SIGN = "Written by sizewise"
_DAMAGED = "must be as `sizewise export` wrote it"
_AGAIN = "Export the trial again: `sizewise export STUDY TRIAL --to FOLDER --force`."


@dataclass(frozen=True, slots=True)
class Description:
    """An exported network without its weights.

    ``mean`` and ``std`` are those of the train part: one value a channel, of pixels in [0, 1].
    """

    architecture: Architecture
    class_names: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]


def description_text(split: Split) -> str:
    """Return the text of ``export.json``: all that a picture and an answer need."""
    document = {
        "format": FORMAT,
        "input_shape": list(split.validation.images.shape[1:]),
        "class_names": list(split.class_names),
        "mean": list(split.mean),
        "std": list(split.std),
        "pictures": PICTURES,
    }
    return json.dumps(document, indent=2) + "\n"


def is_export(folder: Path) -> bool:
    """Return whether ``folder`` is an earlier export."""
    source = folder / MODEL
    signed = source.is_file() and _SIGN in source.read_text(encoding="utf-8", errors="replace")
    return signed and (folder / WEIGHTS).is_file()


def read_description(folder: Path) -> Description:
    """Read what ``folder`` says about its network; no code of the folder is run.

    Raises:
        ExportError: It is no export, one of another version, or damaged.
    """
    _check_folder(folder)
    document = _json(folder / DESCRIPTION)
    _check_version(document)
    try:
        described = Description(
            Architecture.from_dict(_json(folder / ARCHITECTURE)),
            tuple(document["class_names"]),
            tuple(map(float, document["mean"])),
            tuple(map(float, document["std"])),
        )
        fits = _fits(described, document["input_shape"])
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ExportError):
            raise
        told = str(error) if isinstance(error, InputError) else f"Reading it says: {error!r}."
        raise ExportError("EXPORT", _DAMAGED, str(folder / DESCRIPTION), told) from None
    if not fits:
        told = f"It does not belong to the {ARCHITECTURE} beside it."
        raise ExportError("EXPORT", _DAMAGED, str(folder / DESCRIPTION), told)
    return described


def _check_folder(folder: Path) -> None:
    if (folder / DESCRIPTION).is_file():
        return
    if is_export(folder):
        rule = f"the export must hold {DESCRIPTION}, which older ones lack"
        raise ExportError("EXPORT", rule, str(folder), _AGAIN)
    below = sorted(path.parent for path in folder.glob(f"**/exports/*/{DESCRIPTION}"))
    told = f"Did you mean {str(below[0])!r}?" if below else "`sizewise export STUDY` writes one."
    raise ExportError("EXPORT", "must be a folder that `sizewise export` wrote", str(folder), told)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        told = f"Reading it says: {error}."
        raise ExportError("EXPORT", _DAMAGED, str(path), told) from None


def _check_version(document: Any) -> None:
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise ExportError("EXPORT", f"the format of {DESCRIPTION} must be {FORMAT}", found, _AGAIN)
    pictures = document.get("pictures")
    rules = pictures.get("rules") if isinstance(pictures, dict) else None
    if rules != RULES:
        rule = f"the network must have learnt from pictures read by the rules {RULES}"
        raise ExportError("EXPORT", rule, rules, "Train and export it with this version.")


def _fits(described: Description, shape: object) -> bool:
    architecture = described.architecture
    channels = architecture.input_shape[0]
    named = all(isinstance(name, str) for name in described.class_names)
    return (
        named
        and shape == list(architecture.input_shape)
        and len(described.class_names) == architecture.classes
        and len(described.mean) == len(described.std) == channels
        and min(described.std) > 0
    )
