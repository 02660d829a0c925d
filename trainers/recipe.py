"""How to train: every number of a training in one place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from space.errors import InputError, closest

OPTIMIZERS = ("adadelta", "adam", "adamw", "sgd")
SCHEDULES = ("constant", "cosine", "one_cycle")
AUGMENTATIONS = ("none", "shift")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    Args:
        optimizer: ``adadelta``, ``adam``, ``adamw`` or ``sgd`` (with Nesterov momentum).
        learning_rate: The largest of the training; for adadelta usually 1.
        weight_decay: Applied to weights of convolutions and linear layers, not to biases and
            normalisation; decoupled from the gradient for adamw, added to it for the others.
        momentum: Used by sgd alone.
        schedule: ``constant``; ``cosine`` from the learning rate to 0; ``one_cycle`` linearly up to
            it, then along a cosine to 0.
        warmup: Share of the steps that ``one_cycle`` climbs for.
        epochs: Passes over the train part.
        batch_size: The largest batch; an epoch is cut into equal batches.
        label_smoothing: Share of the target spread over all classes.
        augment: ``none``, or ``shift`` by a random number of pixels each way.

    Raises:
        InputError: A value is of the wrong type or out of range; the field is its name.
    """

    optimizer: str = "adamw"
    learning_rate: float = 0.01
    weight_decay: float = 0.01
    momentum: float = 0.9
    schedule: str = "one_cycle"
    warmup: float = 0.25
    epochs: int = 30
    batch_size: int = 64
    label_smoothing: float = 0.05
    augment: str = "none"

    def __post_init__(self) -> None:
        _check_choice("optimizer", self.optimizer, OPTIMIZERS)
        _check_choice("schedule", self.schedule, SCHEDULES)
        _check_choice("augment", self.augment, AUGMENTATIONS)
        for name in ("epochs", "batch_size"):
            _check_count(name, getattr(self, name))
        for name in ("learning_rate", "weight_decay", "momentum", "warmup", "label_smoothing"):
            _check_number(name, getattr(self, name))
        _check("learning_rate > 0", "learning_rate", self.learning_rate, self.learning_rate > 0)
        _check("weight_decay >= 0", "weight_decay", self.weight_decay, self.weight_decay >= 0)
        for name in ("momentum", "warmup", "label_smoothing"):
            value = getattr(self, name)
            _check(f"0 <= {name} < 1", name, value, 0 <= value < 1)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Recipe:
        """Return the recipe of a job file's ``recipe:`` mapping; what it leaves out is default.

        Raises:
            InputError: A name is unknown, or a value of the wrong type or out of range.
        """
        if not isinstance(document, Mapping):
            raise InputError("", "a recipe must be a mapping of its fields", document)
        known = [field.name for field in fields(cls)]
        for name in document:
            if name not in known:
                raise InputError(
                    str(name), "a recipe has no such field", name, closest(name, known)
                )
        return cls(**document)

    def to_dict(self) -> dict[str, str | int | float]:
        """Return all fields, for JSON or YAML."""
        return asdict(self)


def _check(condition: str, name: str, value: object, holds: bool) -> None:
    if not holds:
        raise InputError(name, f"`{condition}` must hold", value)


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        rule = f"{name} must be one of {', '.join(choices)}"
        raise InputError(name, rule, value, closest(str(value).lower(), choices))


def _check_count(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InputError(name, f"{name} must be a whole number of 1 or more", value)


def _check_number(name: str, value: object) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value):  # type: ignore[arg-type]
        raise InputError(name, f"{name} must be a finite number", value, _as_number(value))


def _as_number(value: object) -> str:
    """Return a hint where YAML has read a number as text, as it does with 1e-3."""
    if not isinstance(value, str):
        return ""
    try:
        return f"YAML reads this as text: write {float(value)!r}."
    except ValueError:
        return ""
