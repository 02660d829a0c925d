"""The files of an export, written in the order in which they need one another."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Final

import yaml
from safetensors.numpy import save

from space import Architecture
from trainers import Recipe

from ..errors import ExportError
from .description import (
    ARCHITECTURE,
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
    description_text,
)
from .keras_source import keras_source
from .programs import onnx_facts, write_programs
from .quantisation import write_int8
from .torch_source import module_source
from .train_source import train_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .card import Subject

LARGEST_VALIDATION: Final = 50_000_000
"""Bytes of validation images above which they are left out."""


def write_contents(
    folder: Path,
    subject: Subject,
    weights: Path,
    *,
    plain: bool,
    tell: Callable[[str], None],
) -> tuple[str, ...]:
    """Write all files but the card; return in sentences what a person should know of them.

    Args:
        folder: An empty folder.
        subject: What is exported.
        weights: The weights of the trial.
        plain: Whether to leave out all forms but those of torch and of sizewise.
        tell: Hears what is being done.

    Raises:
        ExportError: The weights are not there, or a form cannot be written.
    """
    tell("writing sources and weights")
    _copy_weights(weights, folder / WEIGHTS)
    for name, content in _texts(subject, plain=plain).items():
        (folder / name).write_text(content, encoding="utf-8")
    notes = _write_validation(folder, subject)
    if not plain:
        _write_programs(folder, subject, tell)
    return notes


def _copy_weights(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        rule = "the weights of a trial must be kept to export it"
        hint = "Trials on the front keep theirs."
        raise ExportError("trial", rule, f"no file {source}", hint) from None


def _texts(subject: Subject, *, plain: bool) -> dict[str, str]:
    trial, split = subject.trial, subject.split
    architecture = Architecture.from_dict(trial.architecture)
    recipe = Recipe.from_dict(trial.recipe)
    accuracy = trial.accuracy or 0.0
    told: dict[str, Any] = {"title": subject.title, "split": split, "accuracy": accuracy}
    texts = {
        MODEL: module_source(architecture, **told),
        TRAIN: train_source(architecture, recipe, seed=trial.seed),
        RECIPE: _recipe_text(subject, recipe),
        ARCHITECTURE: json.dumps(trial.architecture, indent=2) + "\n",
        DESCRIPTION: description_text(split),
    }
    return texts if plain else texts | {KERAS: keras_source(architecture, **told)}


def _recipe_text(subject: Subject, recipe: Recipe) -> str:
    first = f"# {subject.title} Seed {subject.trial.seed}.\n"
    return first + yaml.safe_dump(recipe.to_dict(), sort_keys=False)


def _write_validation(folder: Path, subject: Subject) -> tuple[str, ...]:
    part = subject.split.validation
    if part.images.nbytes > LARGEST_VALIDATION:
        told = f"{part.images.nbytes / 1e6:,.0f} MB"
        return (
            f"The validation images ({told}) are left out: `python model.py` has none to check.",
        )
    # Written here: `save_file` makes a file that only its owner may read.
    content = save({"images": part.images[:], "labels": part.labels})
    (folder / VALIDATION).write_bytes(content)
    return ()


def _write_programs(folder: Path, subject: Subject, tell: Callable[[str], None]) -> None:
    description = (folder / DESCRIPTION).read_text(encoding="utf-8")
    facts = onnx_facts(description, subject.title, subject.licence)
    tell(f"writing {PROGRAM} and {ONNX}")
    write_programs(folder, facts)
    tell(f"writing {INT8}")
    write_int8(folder, subject.split.train, facts)
