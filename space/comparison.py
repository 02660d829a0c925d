"""Two architectures side by side: which layers differ, and what each change costs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias, final

from .table import describe, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .architecture import Architecture
    from .layers import Layer

Kind: TypeAlias = Literal["kept", "changed", "added", "removed"]

_SIGNS: dict[Kind, str] = {"kept": " ", "changed": "~", "added": "+", "removed": "-"}


@final
@dataclass(frozen=True, slots=True)
class Change:
    """A layer of one architecture beside its counterpart in the other; costs are second - first.

    Summed over all changes, each cost is the difference of the architectures.
    """

    kind: Kind
    """A kept layer can differ in its costs, where the shape before it does."""
    before: str
    """The layer in the first architecture; empty where it was added."""
    after: str
    """The layer in the second; empty where it was removed."""
    params: int
    macs: int
    receptive_field: int
    """By how many pixels more the layer widens what a unit of the map sees."""


def diff(one: Architecture, other: Architecture) -> tuple[Change, ...]:
    """Return the layers of both, aligned so that as few as possible are changed, top to bottom.

    Layers of different kinds are never counterparts.
    Source of the alignment: Wagner and Fischer, "The string-to-string correction problem", 1974.
    """
    costs = [_costs(each) for each in (one, other)]
    changes = []
    for here, there in _align(one.layers, other.layers):
        before = None if here is None else one.layers[here]
        after = None if there is None else other.layers[there]
        minus = (0, 0, 0) if here is None else costs[0][here]
        plus = (0, 0, 0) if there is None else costs[1][there]
        names = ["" if each is None else describe(each) for each in (before, after)]
        more = [b - a for a, b in zip(minus, plus, strict=True)]
        changes.append(Change(_kind(before, after), names[0], names[1], *more))
    return tuple(changes)


def text(changes: Sequence[Change]) -> str:
    """Return the changes as plain text, one a line, with a line of totals."""
    titles = ("", "first", "second", "params", "macs", "receptive field")
    sums = [sum(getattr(each, cost) for each in changes) for cost in _COSTS]
    lines = [titles, *map(_cells, changes), ("", "total", "", *map(_signed, sums))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    return "".join(_line(line, widths) for line in lines)


_COSTS = ("params", "macs", "receptive_field")


def _costs(architecture: Architecture) -> list[tuple[int, int, int]]:
    """Return params, macs and growth of the receptive field of each layer."""
    table = rows(architecture)
    costs = []
    for above, row in pairwise(table):
        grown = (row.receptive_field or 0) - (above.receptive_field or 0)
        onto_vector = row.receptive_field is None
        costs.append((row.params, row.macs, 0 if onto_vector else grown))
    return costs


def _kind(before: Layer | None, after: Layer | None) -> Kind:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "kept" if before == after else "changed"


def _align(one: Sequence[Layer], other: Sequence[Layer]) -> list[tuple[int | None, int | None]]:
    """Return pairs of places, None where a layer has no counterpart."""
    costs = _edit_costs(one, other)
    here = there = 0
    pairs: list[tuple[int | None, int | None]] = []
    while here < len(one) or there < len(other):
        if here < len(one) and there < len(other):
            step = _substitution(one[here], other[there]) + costs[here + 1][there + 1]
            if step == costs[here][there]:
                pairs.append((here, there))
                here, there = here + 1, there + 1
                continue
        if here < len(one) and costs[here + 1][there] + 1 == costs[here][there]:
            pairs.append((here, None))
            here += 1
        else:
            pairs.append((None, there))
            there += 1
    return pairs


def _edit_costs(one: Sequence[Layer], other: Sequence[Layer]) -> list[list[float]]:
    """Return, for each pair of places, how many edits the layers from there on need."""
    costs: list[list[float]] = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for here in range(len(one), -1, -1):
        for there in range(len(other), -1, -1):
            steps = []
            if here < len(one):
                steps.append(costs[here + 1][there] + 1)
            if there < len(other):
                steps.append(costs[here][there + 1] + 1)
            if here < len(one) and there < len(other):
                step = _substitution(one[here], other[there])
                steps.append(costs[here + 1][there + 1] + step)
            costs[here][there] = min(steps, default=0.0)
    return costs


def _substitution(one: Layer, other: Layer) -> float:
    if one == other:
        return 0.0
    # Below two, so that a changed layer is not told as one removed and one added.
    return 1.5 if type(one) is type(other) else 3.0


def _cells(change: Change) -> tuple[str, ...]:
    costs = (_signed(getattr(change, cost)) for cost in _COSTS)
    return (_SIGNS[change.kind], change.before, change.after, *costs)


def _signed(number: int) -> str:
    return f"{number:+,}" if number else "0"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    sides = "<<<>>>"
    padded = (
        f"{cell:{side}{width}}" for cell, side, width in zip(cells, sides, widths, strict=True)
    )
    return "  ".join(padded).rstrip() + "\n"
