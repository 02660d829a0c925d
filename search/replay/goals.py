"""What a search of a recorded table did for a goal, whose true answer the table knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from space.errors import InputError

from ..goal import aim_of
from ..job import Goal, SearchSettings
from .simulate import Replayed, replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..goal import Aim
    from .measured import Floats, Table


@dataclass(frozen=True, slots=True)
class Pursued:
    """How many networks a search trained for a goal; None for what did not come about."""

    found: int | None
    """Until the true answer was trained."""
    ended: int | None
    """Until the search took its goal as met for good."""
    wrong: bool
    """Whether it ended and the table holds a better answer."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Searches of a table for a goal, and for its whole front, a search for each seed."""

    goal: str
    for_goal: tuple[Pursued, ...]
    for_front: tuple[Pursued, ...]


def read_goal(text: str) -> Goal:
    """Return the goal of a text such as ``min_accuracy=0.93``.

    Raises:
        InputError: It is no goal.
    """
    name, _, value = text.partition("=")
    try:
        return Goal.model_validate({name.strip(): float(value)})
    except (ValidationError, ValueError):
        rule = "must be min_accuracy=FRACTION or max_params=SIZE"
        raise InputError("--goal", rule, text) from None


def compare_goal(
    table: Table, text: str, *, workers: int, networks: int | None, seeds: int
) -> Compared:
    """Search a table for a goal, and for its whole front.

    Raises:
        InputError: The text is no goal.
    """
    goal = read_goal(text)
    found: list[tuple[Pursued, Pursued]] = []
    for seed in range(seeds):
        aimed = SearchSettings(goal=goal, seed=seed)
        runs = [
            replay(table, each, workers=workers, networks=networks)
            for each in (aimed, SearchSettings(seed=seed))
        ]
        found.append((pursue(aimed, runs[0]), pursue(aimed, runs[1])))
    return Compared(text, tuple(one for one, _ in found), tuple(one for _, one in found))


def middles(runs: Sequence[Pursued]) -> tuple[float | None, float | None]:
    """Return the median networks to the true answer and to the end, None where half have none."""
    counts = ([getattr(one, name) or np.inf for one in runs] for name in ("found", "ended"))
    found, ended = (float(np.median(each)) for each in counts)
    return (None if np.isinf(found) else found), (None if np.isinf(ended) else ended)


def pursue(settings: SearchSettings, run: Replayed) -> Pursued:
    """Return what a search did for the goal of some settings; it need not have searched for it."""
    aim = aim_of(settings.goal)
    if aim is None:
        return Pursued(None, None, wrong=False)
    values = _values(aim, run.table)
    rows = [one.network for one in run.ended]
    place = np.flatnonzero(values[rows] >= values.max())
    found = int(place[0]) + 1 if len(place) and np.isfinite(values.max()) else None
    ended = len(rows) if run.content else None
    return Pursued(found, ended, wrong=run.content and found is None)


def _values(aim: Aim, table: Table) -> Floats:
    """Return how well each network answers (n,): more is better, -inf for not at all."""
    accuracy = table.accuracy
    if aim.accuracy is not None:
        return np.where(accuracy >= aim.accuracy, -table.size, -np.inf)
    within = table.size <= (np.inf if aim.size is None else aim.size)
    return np.where(within & ~np.isnan(accuracy), accuracy, -np.inf)
