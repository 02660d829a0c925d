"""What sizewise says when a person's input cannot be used."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class InputError(ValueError):
    """A person's input breaks a rule.

    Args:
        field: Where the value stands, as a dotted path such as ``space.stages[1].kernel``.
        rule: What must hold, as a sentence without its full stop.
        value: What was given instead.
        suggestion: What to do about it, or an empty string.
    """

    def __init__(self, field: str, rule: str, value: object, suggestion: str = "") -> None:
        # Every argument goes to the base class: so the error survives pickling between workers.
        super().__init__(field, rule, value, suggestion)
        self.field = field
        self.rule = rule
        self.value = value
        self.suggestion = suggestion

    def __str__(self) -> str:
        told = f"{self.field}: {self.rule}, but got {self.value!r}."
        return f"{told} {self.suggestion}" if self.suggestion else told

    def inside(self, prefix: str) -> InputError:
        """Return the same error with its field seen from one level further out."""
        joint = "" if not self.field or self.field.startswith("[") else "."
        return type(self)(f"{prefix}{joint}{self.field}", self.rule, self.value, self.suggestion)


def closest(word: object, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` for the known word most like ``word``, or all known words."""
    words = sorted(known)
    near = get_close_matches(str(word), words, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(words)}."


class InfeasibleError(ValueError):
    """A point of a search space builds no network inside the limits.

    Args:
        point: The point, one index for each dimension.
        reason: The rule that it breaks.
        violation: How far away it is, above 0: ``log(cost / limit)`` of the limit that is passed
            furthest, or 1.0 where a layer cannot be applied.
    """

    def __init__(self, point: tuple[int, ...], reason: str, violation: float = 1.0) -> None:
        super().__init__(point, reason, violation)
        self.point = point
        self.reason = reason
        self.violation = violation

    def __str__(self) -> str:
        return f"point {self.point}: {self.reason}"
