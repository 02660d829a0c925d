"""A study's goal as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from results import columns

from ..goal import aim_of, answer, told_aim, told_state
from ..job import Goal

if TYPE_CHECKING:
    from rich.console import Console

    from results import Study

    from ..goal import Aim


@dataclass(frozen=True, slots=True)
class _Row:
    """A finished trial."""

    number: int
    accuracy: float
    size: float


def print_goal(study: Study, out: Console) -> None:
    """Print the goal of a study and how far it came, where it has one."""
    aim = _aim(study)
    if aim is not None:
        size = study.record.size
        told = f"{told_aim(aim, size)}: {told_state(aim, size, _finished(study))}"
        out.print(f"Goal   {told}", highlight=False)


def goal_document(study: Study) -> dict[str, Any] | None:
    """Return the goal of a study for programs, None where it has none."""
    aim = _aim(study)
    if aim is None:
        return None
    found = answer(aim, _finished(study))
    asked = study.record.job["search"]["goal"]
    return {
        "asked": asked,
        "met": found is not None,
        "trial": None if found is None else found.number,
    }


def _aim(study: Study) -> Aim | None:
    goal = (study.record.job.get("search") or {}).get("goal")
    return None if goal is None else aim_of(Goal.model_validate(goal))


def _finished(study: Study) -> list[_Row]:
    trials = study.trials()
    kept = trials[(trials[columns.STATE] == "finished") & trials[columns.ACCURACY].notna()]
    wanted = kept[[columns.NUMBER, columns.ACCURACY, study.record.size]]
    return [_Row(int(a), float(b), float(c)) for a, b, c in wanted.itertuples(index=False)]
