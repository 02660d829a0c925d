"""What a search is after where it is not the whole front, and in words how far it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, final

from results.marks import amount
from space.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .job import Goal, SearchSettings


@final
@dataclass(frozen=True, slots=True)
class Aim:
    """The smallest network of at least some accuracy, or the most accurate up to some size.

    One of ``accuracy`` (a fraction) and ``size`` is not None.
    """

    accuracy: float | None
    size: float | None
    confidence: float


class Trained(Protocol):
    """A trial with an accuracy."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def accuracy(self) -> float:
        """A fraction."""

    @property
    def size(self) -> float:
        """What accuracy is traded against."""


def aim_of(goal: Goal | None) -> Aim | None:
    """Return the aim of a job's goal."""
    if goal is None:
        return None
    size = next((value for _, value in _sizes(goal)), None)
    return Aim(goal.min_accuracy, None if size is None else float(size), goal.confidence)


def check_aims(search: SearchSettings) -> None:
    """Raise where the parts of a job's search do not go together.

    Raises:
        InputError: Both sizes are the same; the algorithm knows no goals, or the goal limits
            another size, or there are two sizes.
    """
    if search.also == search.size:
        rule = "must be another than search.size"
        raise InputError("search.also", rule, search.also, "Leave `also` out for one size.")
    if search.goal is None:
        return
    if search.algorithm != "pareto":
        rule = "only the algorithm `pareto` searches for a goal"
        raise InputError("search.goal", rule, search.algorithm, "Leave `algorithm` out.")
    if search.also is not None:
        rule = "a goal weighs accuracy against one size"
        raise InputError("search.also", rule, search.also, "Leave `also` or `goal` out.")
    for name, _ in _sizes(search.goal):
        size = name.removeprefix("max_")
        if size != search.size:
            rule = f"must limit what accuracy is traded against, search.size, {search.size}"
            raise InputError("search.goal", rule, name, f"Write `size: {size}` beside it.")


def answer(aim: Aim, trials: Iterable[Trained]) -> Trained | None:
    """Return the trial that meets the aim best, or None where none meets it."""
    if aim.accuracy is not None:
        enough = [one for one in trials if one.accuracy >= aim.accuracy]
        return min(enough, key=lambda one: (one.size, -one.accuracy), default=None)
    within = [one for one in trials if aim.size is None or one.size <= aim.size]
    return max(within, key=lambda one: (one.accuracy, -one.size), default=None)


def told_aim(aim: Aim, size: str) -> str:
    """Return the aim in words."""
    if aim.accuracy is not None:
        return f"the smallest network, by {size}, of accuracy {aim.accuracy:g} or more"
    return f"the most accurate network of at most {_limit(aim)} {size}"


def told_end(aim: Aim, size: str, trials: Iterable[Trained]) -> str:
    """Return in words why a search for the aim is over."""
    chance = f"with a chance above {100 * (1 - aim.confidence):g} %"
    found = answer(aim, trials)
    if found is None:
        return f"no network beyond those known is likely to meet its goal, {told_aim(aim, size)}"
    met = f"goal met: {found.accuracy:.4f} at {amount(found.size)} {size} (trial {found.number})"
    if aim.accuracy is not None:
        return f"{met}; no smaller network reaches {aim.accuracy:g} {chance}"
    return f"{met}; no other of at most {_limit(aim)} is more accurate {chance}"


def told_state(aim: Aim, size: str, trials: Iterable[Trained]) -> str:
    """Return in words how far a search came."""
    known = list(trials)
    found = answer(aim, known)
    if found is not None:
        at = f"{found.accuracy:.4f} at {amount(found.size)} {size}"
        return f"met by trial {found.number}: {at}"
    if not known:
        return "not met: no trial has finished"
    if aim.accuracy is not None:
        best = max(known, key=lambda one: one.accuracy)
        short = aim.accuracy - best.accuracy
        return f"not met: trial {best.number} reaches {best.accuracy:.4f}, {short:.4f} short"
    least = min(known, key=lambda one: one.size)
    return f"not met: the smallest, trial {least.number}, has {amount(least.size)} {size}"


def _limit(aim: Aim) -> str:
    return "any" if aim.size is None else amount(aim.size)


def _sizes(goal: Goal) -> list[tuple[str, int]]:
    given = goal.model_dump(exclude={"confidence", "min_accuracy"}, exclude_none=True)
    return list(given.items())
