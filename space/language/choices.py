"""The rules for the choices that a field of the language offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..blocks import pool_window
from ..errors import InputError, closest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Rule:
    """What each choice of a field must be."""

    says: str
    accepts: Callable[[object], bool]
    words: tuple[str, ...] = ()
    """The words to choose from, for a suggestion."""


def whole(least: int) -> Rule:
    """Return the rule for whole numbers of at least ``least``."""
    return Rule(
        f"every choice must be a whole number of at least {least}",
        lambda value: type(value) is int and value >= least,
    )


def one_of(words: Iterable[str]) -> Rule:
    """Return the rule for words of a list."""
    known = tuple(sorted(words))
    return Rule("every choice must be a known word", known.__contains__, known)


def _is_probability(value: object) -> bool:
    return type(value) in {int, float} and 0 <= value < 1  # type: ignore[operator] # a number here


def _is_pool(value: object) -> bool:
    return isinstance(value, str) and (value == "none" or pool_window(value) is not None)


def _is_widths(value: object) -> bool:
    return isinstance(value, tuple) and all(type(width) is int and width >= 1 for width in value)


PROBABILITY = Rule("every choice must be a number with `0 <= p < 1`", _is_probability)
POOL = Rule(
    "every choice must be none, max, avg, or with size, stride and padding such as max3/2+1",
    _is_pool,
)
WIDTHS = Rule("every choice must be a list of whole numbers from 1, such as [] or [64]", _is_widths)


def check_choices(field: str, given: Any, rule: Rule) -> tuple[Any, ...]:
    """Return the choices of a field as a tuple; a single value is a single choice.

    Raises:
        InputError: There is no choice, one breaks the rule, or two are equal.
    """
    choices = tuple(map(_frozen, given)) if isinstance(given, list | tuple) else (given,)
    if not choices:
        raise InputError(field, "there must be at least one choice", given)
    for choice in choices:
        if not rule.accepts(choice):
            hint = closest(choice, rule.words) if rule.words else ""
            raise InputError(field, rule.says, choice, hint)
    if len(set(choices)) < len(choices):
        raise InputError(field, "the choices must differ from each other", list(choices))
    return choices


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
