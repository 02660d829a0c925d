"""The dimensions of a search space: one for each field that leaves a choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, final

from .language.stage import HEAD_RULES, STAGE_RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .language import Head, Stage

Point: TypeAlias = tuple[int, ...]
"""The index of one choice for each dimension of a space."""

TAIL_FIELDS = ("pool", "dropout")
"""The fields of a stage that count once, behind its last layer."""

BODY_FIELDS = tuple(field for field in STAGE_RULES if field not in TAIL_FIELDS)
"""The fields of a stage that its layers are made of."""

HEAD_FIELDS = tuple(HEAD_RULES)
"""The fields of the head."""


@final
@dataclass(frozen=True, slots=True)
class Dimension:
    """One field of a space with the choices that it offers, two or more."""

    name: str
    """Where the field stands, such as ``stages[0].filters`` or ``stages[0].layers[1].filters``."""
    choices: tuple[Any, ...]

    @property
    def labels(self) -> tuple[str | int | float, ...]:
        """The choices as plain words and numbers; a list of widths becomes `64-32` or `none`."""
        return tuple(map(_label, self.choices))


@final
@dataclass(frozen=True, slots=True)
class Slot:
    """Where a field finds its choice in a point."""

    dimension: int
    field: str
    choices: tuple[Any, ...]


class Layout:
    """Hands out the slots of a space in the order of its dimensions."""

    def __init__(self) -> None:
        self.dimensions: list[Dimension] = []

    def slots(self, where: str, part: Stage | Head, fields: Sequence[str]) -> tuple[Slot, ...]:
        """Add a dimension for each of these fields that leaves a choice, and return their slots."""
        slots = []
        for field in fields:
            choices = getattr(part, field)
            if len(choices) > 1:
                slots.append(Slot(len(self.dimensions), field, choices))
                self.dimensions.append(Dimension(f"{where}.{field}", choices))
        return tuple(slots)


def _label(choice: Any) -> str | int | float:
    if isinstance(choice, tuple):
        return "-".join(map(str, choice)) or "none"
    label: str | int | float = choice
    return label
