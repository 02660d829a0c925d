"""A space as a row of steps: each reads some slots of a point and adds parts to the network.

What a step adds depends on the slots that it reads and on what earlier steps of the same stage
left for it (`Held`), but not on the shape: so a network is a path through (step, shape, held), and
counting networks is dynamic programming over these nodes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, final

from ..blocks import Block, Part, Tail, Top
from ..dimensions import BODY_FIELDS, HEAD_FIELDS, TAIL_FIELDS, Layout, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dimensions import Dimension
    from ..language import Head, Stage


class Mark(Enum):
    """What is held where no tied choices have to be remembered."""

    BETWEEN = "between stages"
    DONE = "the layers of the stage stand, its tail does not"


Held: TypeAlias = tuple[int, ...] | Mark
Picks: TypeAlias = tuple[int, ...]


class Step(ABC):
    """A part of the decisions that make a point."""

    where: str
    """Where the fields stand that the step reads, such as ``stages[0]``."""
    slots: tuple[Slot, ...]

    @abstractmethod
    def parts(self, held: Held, picks: Picks) -> tuple[tuple[Part, ...], Held]:
        """Return the parts that one pick for each slot adds, and what the next step must know."""


@final
@dataclass(frozen=True)
class BodyStep(Step):
    """The layer at ``place`` of a stage, or all its layers where they are alike.

    The first of these steps also reads the slots that are tied over the stage.
    """

    where: str
    stage: Stage
    place: int
    slots: tuple[Slot, ...]
    """The tied slots, where the step is the first of its stage, and those of the layer itself."""
    tied: tuple[Slot, ...]
    growing: bool

    def parts(self, held: Held, picks: Picks) -> tuple[tuple[Part, ...], Held]:
        """Return the blocks; the tied picks are held while layers are still to come."""
        if self.place and isinstance(held, Mark):
            return (), held
        slots = (*self.tied, *self.slots) if self.place else self.slots
        if not isinstance(held, Mark):
            picks = (*held, *picks)
        chosen = _chosen(self.stage, BODY_FIELDS, slots, picks)
        repeat = chosen.pop("repeat")
        if repeat == 0:
            return (), Mark.BETWEEN
        first = Block(**chosen, growing=self.growing)
        inner = replace(first, stride=1)
        if not self.stage.per_layer:
            return (first, *[inner] * (repeat - 1)), Mark.DONE
        here = inner if self.place else first
        return (here,), (Mark.DONE if self.place + 1 == repeat else self._held(picks))

    def _held(self, picks: Picks) -> Picks:
        """Return the tied picks that later layers need: the stride is that of the first only."""
        return tuple(
            0 if slot.field == "stride" else pick
            for slot, pick in zip(self.tied, picks, strict=False)
        )


@final
@dataclass(frozen=True)
class TailStep(Step):
    """Pooling and dropout behind the layers of a stage."""

    where: str
    stage: Stage
    slots: tuple[Slot, ...]

    def parts(self, held: Held, picks: Picks) -> tuple[tuple[Part, ...], Held]:
        """Return the tail, or nothing behind a stage without layers."""
        if held is Mark.BETWEEN:
            return (), held
        return (Tail(**_chosen(self.stage, TAIL_FIELDS, self.slots, picks)),), Mark.BETWEEN


@final
@dataclass(frozen=True)
class HeadStep(Step):
    """From the last map to the classes."""

    where: str
    head: Head
    classes: int
    slots: tuple[Slot, ...]

    def parts(self, held: Held, picks: Picks) -> tuple[tuple[Part, ...], Held]:
        """Return the head."""
        chosen = _chosen(self.head, HEAD_FIELDS, self.slots, picks)
        return (Top(**chosen, classes=self.classes),), held


def lay_out(
    stages: Sequence[Stage], head: Head, classes: int, *, growing: bool
) -> tuple[tuple[Dimension, ...], tuple[Step, ...]]:
    """Return the dimensions of a space and the steps that read them."""
    layout, steps = Layout(), list[Step]()
    for number, stage in enumerate(stages):
        where = f"stages[{number}]"
        own_fields = [field for field in BODY_FIELDS if field in stage.per_layer]
        tied = layout.slots(where, stage, [f for f in BODY_FIELDS if f not in own_fields])
        for place in range(max(stage.repeat) if own_fields else 1):
            own = layout.slots(f"{where}.layers[{place}]", stage, own_fields)
            read = own if place else (*tied, *own)
            steps.append(BodyStep(where, stage, place, read, tied, growing))
        steps.append(TailStep(where, stage, layout.slots(where, stage, TAIL_FIELDS)))
    steps.append(HeadStep("head", head, classes, layout.slots("head", head, HEAD_FIELDS)))
    return tuple(layout.dimensions), tuple(steps)


def _chosen(
    part: Stage | Head, fields: Sequence[str], slots: Sequence[Slot], picks: Picks
) -> dict[str, Any]:
    """Return the choice of each field: that of its slot, or the only one that it offers."""
    only = {field: getattr(part, field)[0] for field in fields}
    picked = {slot.field: slot.choices[pick] for slot, pick in zip(slots, picks, strict=True)}
    return only | picked
