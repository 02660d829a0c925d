"""How to train: every number of a training in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from space.errors import InputError

from . import recipe_rules as rules

OPTIMIZERS = ("adadelta", "adam", "adamw", "sgd")
SCHEDULES = ("constant", "cosine", "one_cycle", "step")
AUGMENTATIONS = ("cutout", "flip", "mixup", "rotate", "shift")
AUGMENT_ALONE = ("auto", "none")
CLASS_WEIGHTS = ("balanced", "none")
ONE_CYCLE_WARMUP = 0.25


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    Args:
        optimizer: ``adadelta``, ``adam``, ``adamw`` or ``sgd`` (with Nesterov momentum).
        learning_rate: The largest of the training; for adadelta usually 1.
        weight_decay: Applied to weights of convolutions and linear layers, not to biases and
            normalisation; decoupled from the gradient for adamw, added to it for the others.
        momentum: Used by sgd alone.
        schedule: ``constant``; ``cosine`` from the learning rate to 0; ``one_cycle``, the same
            behind a climb; ``step``, times ``gamma`` at each milestone.
        warmup: Share of the steps in which the rate climbs in a line; None is 0.25 for
            ``one_cycle`` and 0 for the others. ``constant`` too may climb.
        milestones: Shares of the training at which ``step`` lowers the rate.
        gamma: What ``step`` multiplies the rate with.
        epochs: Passes over the train part.
        batch_size: The largest batch; an epoch is cut into equal batches.
        label_smoothing: Share of the target spread over all classes.
        class_weights: Of the training loss: ``none``; ``balanced``, inversely to the number of
            images of a class, 1 on average over the images; or one number a class.
        gradient_clip: Largest norm of the whole gradient, 0 for none.
        ema: Decay a step of the averaged weights that are judged and kept in place of the trained
            ones; 0 for none.
        augment: ``none``; names of ``cutout``, ``flip``, ``mixup``, ``rotate``, ``shift`` joined by
            ``+``; or ``auto``: shift and rotate for one channel, shift, flip and cutout for more.
        shift_share: Share of a side that images are moved by at most (1 pixel at least).
        rotate_degrees: Degrees that images are turned by at most.
        cutout_share: Side of the blank square as a share of the image's side.
        mixup_alpha: Both parameters of the beta distribution that shares of two images come from.

    Raises:
        InputError: A value is of the wrong type or out of range; the field is its name.
    """

    optimizer: str = "adamw"
    learning_rate: float = 0.01
    weight_decay: float = 0.01
    momentum: float = 0.9
    schedule: str = "one_cycle"
    warmup: float | None = None
    milestones: tuple[float, ...] = (0.5, 0.75)
    gamma: float = 0.1
    epochs: int = 30
    batch_size: int = 64
    label_smoothing: float = 0.05
    class_weights: str | tuple[float, ...] = "none"
    gradient_clip: float = 0.0
    ema: float = 0.0
    augment: str = "none"
    shift_share: float = 0.075
    rotate_degrees: float = 10.0
    cutout_share: float = 0.25
    mixup_alpha: float = 0.2

    def __post_init__(self) -> None:
        rules.check_choice("optimizer", self.optimizer, OPTIMIZERS)
        rules.check_choice("schedule", self.schedule, SCHEDULES)
        rules.check_augment(self.augment, AUGMENTATIONS, AUGMENT_ALONE)
        rules.check_class_weights(self.class_weights, CLASS_WEIGHTS)
        rules.check_milestones(self.milestones)
        for name in ("epochs", "batch_size"):
            rules.check_count(name, getattr(self, name))
        for name in ("learning_rate", "gamma", "mixup_alpha"):
            rules.check_positive(name, getattr(self, name))
        for name in ("weight_decay", "gradient_clip", "rotate_degrees"):
            rules.check_range(name, getattr(self, name), 0)
        for name in ("momentum", "label_smoothing", "ema", "shift_share", "cutout_share"):
            rules.check_range(name, getattr(self, name), 0, 1)
        if self.warmup is not None:
            rules.check_range("warmup", self.warmup, 0, 1)

    @property
    def climb(self) -> float:
        """``warmup``, or what it is where the recipe leaves it open."""
        if self.warmup is not None:
            return self.warmup
        return ONE_CYCLE_WARMUP if self.schedule == "one_cycle" else 0.0

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Recipe:
        """Return the recipe of a job file's ``recipe:`` mapping; what it leaves out is default.

        Lists stand for tuples, and ``augment`` may be a list of names.

        Raises:
            InputError: A name is unknown, or a value of the wrong type or out of range.
        """
        if not isinstance(document, Mapping):
            raise InputError("", "a recipe must be a mapping of its fields", document)
        known = [field.name for field in fields(cls)]
        for name in document:
            if name not in known:
                raise rules.unknown_field(name, known)
        return cls(**{name: _value(name, value) for name, value in document.items()})

    def to_dict(self) -> dict[str, Any]:
        """Return all fields, for JSON or YAML."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if name == "augment" and all(isinstance(each, str) for each in value):
        return "+".join(value) or "none"
    return tuple(value) if name in ("milestones", "class_weights") else value
