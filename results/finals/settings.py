"""By which rules the finals of a study are held: fixed by their first start, and kept with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from .racing import Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..records import EnvironmentRecord

RULES_KEY: Final = "finals"
"""Under which the record of a start's environment holds the rules, where it was one of finals."""


def with_rules(environment: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """Return an environment to record for a start of finals."""
    return {**environment, RULES_KEY: asdict(rules)}


def rules_of(starts: Iterable[EnvironmentRecord]) -> Rules | None:
    """Return the rules that the first start of finals fixed, or None where there was none."""
    told = (start.environment[RULES_KEY] for start in starts if RULES_KEY in start.environment)
    first = next(told, None)
    return None if first is None else Rules(**first)
