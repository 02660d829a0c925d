"""What every runner offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..trouble import Trouble
from .work import Failed

if TYPE_CHECKING:
    from trainers import EpochReport, Split

    from ..desk import Desk


class Runner(Protocol):
    """Trains what a desk hands out until the desk has nothing more, and tells it everything."""

    def run(self, desk: Desk, split: Split) -> None:
        """Return when the desk is over.

        Raises:
            Trouble: When nothing can be trained here, or the store is out of reach.
        """


def hand_over(desk: Desk, number: int, *told: EpochReport | Failed) -> bool:
    """Tell the desk what a training told since the last time, and return whether it goes on.

    A disk without room is no fault of the trial, and would fail all that follow: it ends the study,
    and the trial stays open for a resume.
    """
    reports = [each for each in told if not isinstance(each, Failed)]
    goes_on = desk.report(number, *reports) if reports else True
    last = told[-1]
    if not goes_on or not isinstance(last, Failed):
        return goes_on
    if last.kind == "disk":
        desk.halt(Trouble(f"Trial {number} could not save its network: {last.reason}."))
    else:
        desk.fail(number, last.reason)
    return False
