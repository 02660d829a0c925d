"""What a network of a search space may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import log
from typing import TYPE_CHECKING, Any, NamedTuple, final

from ..errors import InputError, closest

if TYPE_CHECKING:
    from ..architecture import Architecture


class Bound(NamedTuple):
    """The least and the most that is allowed, both included; None for no upper limit."""

    least: int = 0
    most: int | None = None

    def excess(self, cost: int) -> float:
        """Return how far a cost lies outside, as the logarithm of the ratio; 0 inside."""
        if self.most is not None and cost > self.most:
            return log(cost / self.most)
        return log(self.least / max(cost, 1)) if cost < self.least else 0.0


NO_BOUND = Bound()
"""Everything is allowed."""


@final
@dataclass(frozen=True, slots=True)
class Limits:
    """A bound for each cost of an architecture."""

    params: Bound = NO_BOUND
    macs: Bound = NO_BOUND
    activation_bytes: Bound = NO_BOUND
    weight_bytes: Bound = NO_BOUND
    depth: Bound = NO_BOUND

    @staticmethod
    def from_dict(document: object) -> Limits:
        """Return the limits of a mapping such as ``{"params": 20000, "macs": [1000, 50000]}``.

        A number is the most that is allowed, a pair the least and the most, None for no limit.

        Raises:
            InputError: A cost is not known, or its bound is no whole numbers in order.
        """
        if not isinstance(document, Mapping):
            raise InputError("", "the limits must be a mapping from costs to bounds", document)
        for name in document:
            if name not in COSTS:
                raise InputError(str(name), "the cost must be known", name, closest(name, COSTS))
        return Limits(**{name: _bound(name, given) for name, given in document.items()})

    def to_dict(self) -> dict[str, Any]:
        """Return the mapping that `from_dict` reads, without the costs that are not limited."""
        bounds = {name: getattr(self, name) for name in COSTS}
        return {
            name: list(bound) if bound.least else bound.most
            for name, bound in bounds.items()
            if bound != NO_BOUND
        }

    def worst(self, architecture: Architecture) -> tuple[float, str]:
        """Return how far the architecture lies outside, at its worst cost, and the rule broken."""
        told = []
        for name in COSTS:
            bound, cost = getattr(self, name), getattr(architecture, name)
            told.append((bound.excess(cost), f"{name} must be {_range(bound)}, but is {cost:,}"))
        return max(told)


NO_LIMITS = Limits()
"""Every network is allowed."""

COSTS = tuple(field.name for field in fields(Limits))
"""The costs that can be limited."""


def _bound(name: str, given: Any) -> Bound:
    least, most = given if isinstance(given, list | tuple) and len(given) == 2 else (0, given)
    bound = Bound(0 if least is None else least, most)
    if not all(number is None or (type(number) is int and number >= 0) for number in bound):
        rule = "a limit must be a whole number, or a pair of the least and the most"
        raise InputError(name, rule, given, "Write 20000 or [1000, 20000].")
    if bound.most is not None and not max(bound.least, 1) <= bound.most:
        raise InputError(name, "`1 <= most` and `least <= most` must hold", given)
    return bound


def _range(bound: Bound) -> str:
    if bound.most is None:
        return f"at least {bound.least:,}"
    return f"at most {bound.most:,}" if not bound.least else f"{bound.least:,} to {bound.most:,}"
