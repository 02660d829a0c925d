"""What the values of a recipe must be like, and what is said when they are not."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from space.errors import InputError, closest

if TYPE_CHECKING:
    from collections.abc import Sequence

# What the fields of a recipe are called in Keras and in torch, for those who come from there.
ELSEWHERE = {
    "class_weight": "Write class_weights.",
    "clipnorm": "Write gradient_clip, the largest norm of the whole gradient.",
    "ema_momentum": "Write ema.",
    "global_clipnorm": "Write gradient_clip, the largest norm of the whole gradient.",
    "lr": "Write learning_rate.",
    "max_lr": "Write learning_rate, which is the largest of the training.",
    "metrics": "Accuracy and loss are always measured.",
    "use_ema": "Write ema: 0.999, or 0 for none.",
    "validation_split": "Which images are held out is said in the job: split: {validation: 0.2}.",
}


def unknown_field(name: object, known: Sequence[str]) -> InputError:
    """Return the error for a field that a recipe does not have."""
    hint = ELSEWHERE.get(str(name)) or closest(str(name), known)
    return InputError(str(name), "a recipe has no such field", name, hint)


def check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Refuse what is not among the choices."""
    if value not in choices:
        rule = f"{name} must be one of {', '.join(choices)}"
        raise InputError(name, rule, value, closest(str(value).lower(), choices))


def check_count(name: str, value: object) -> None:
    """Refuse what is not a whole number of 1 or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InputError(name, f"{name} must be a whole number of 1 or more", value)


def check_range(name: str, value: object, least: float, below: float = math.inf) -> None:
    """Refuse what is not a finite number with ``least <= value < below``."""
    check_number(name, value)
    rule = f"{least:g} <= {name} < {below:g}" if below < math.inf else f"{name} >= {least:g}"
    if not least <= value < below:  # type: ignore[operator]
        raise InputError(name, f"`{rule}` must hold", value)


def check_positive(name: str, value: object) -> None:
    """Refuse what is not a finite number above 0."""
    check_number(name, value)
    if not value > 0:  # type: ignore[operator]
        raise InputError(name, f"`{name} > 0` must hold", value)


def check_number(name: str, value: object) -> None:
    """Refuse what is not a finite number."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value):  # type: ignore[arg-type]
        raise InputError(name, f"{name} must be a finite number", value, _as_number(value))


def check_milestones(value: object) -> None:
    """Refuse what is not an ascending tuple of shares."""
    rule = "milestones must be ascending shares of the training, each in (0, 1)"
    if not isinstance(value, tuple):
        raise InputError("milestones", rule, value)
    for share in value:
        check_number("milestones", share)
    bounds = (0, *value, 1)
    if any(low >= high for low, high in pairwise(bounds)):
        raise InputError("milestones", rule, value)


def check_augment(value: object, names: Sequence[str], alone: Sequence[str]) -> None:
    """Refuse what is neither one of ``alone`` nor different ``names`` joined by ``+``."""
    rule = f"augment must be one of {', '.join(alone)}, or names of {', '.join(names)} joined by +"
    if not isinstance(value, str):
        raise InputError("augment", rule, value)
    if value in alone:
        return
    parts = value.split("+")
    for part in parts:
        if part not in names:
            raise InputError("augment", rule, value, closest(part, (*names, *alone)))
    if len(set(parts)) < len(parts):
        raise InputError("augment", rule, value, "Write each name once.")


def check_class_weights(value: object, named: Sequence[str]) -> None:
    """Refuse what is neither one of ``named`` nor a tuple of positive numbers."""
    if isinstance(value, tuple) and value:
        for weight in value:
            check_positive("class_weights", weight)
    elif value not in named:
        rule = f"class_weights must be one of {', '.join(named)}, or a list of one number a class"
        raise InputError("class_weights", rule, value, closest(str(value), named))


def _as_number(value: object) -> str:
    """Return a hint where YAML has read a number as text, as it does with 1e-3."""
    if not isinstance(value, str):
        return ""
    try:
        return f"YAML reads this as text: write {float(value)!r}."
    except ValueError:
        return ""
