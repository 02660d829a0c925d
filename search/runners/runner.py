"""What every runner offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..trouble import Trouble
from .work import Failed

if TYPE_CHECKING:
    from trainers import EpochReport, Split

    from ..assignment import Assignment


class TrainingDesk(Protocol):
    """What a runner needs to know of a desk: that of a search, or of its finals."""

    @property
    def interrupted(self) -> bool:
        """Whether somebody asked for an early end."""

    @property
    def over(self) -> bool:
        """Whether `next` will have nothing more."""

    def next(self) -> Assignment | None:
        """Return what to train next, or None when there is nothing now."""

    def report(self, number: int, *reports: EpochReport) -> bool:
        """Take epochs of a training, and return whether it goes on."""

    def fail(self, number: int, reason: str) -> None:
        """Take note that a training could not go on."""

    def lose(self, number: int, reason: str) -> None:
        """Take note that the worker of a training died."""

    def put_back(self, number: int, reason: str | None = None) -> None:
        """Queue what is not in training any more."""

    def in_training(self) -> list[int]:
        """Return what was handed out and has not come back."""

    def halt(self, trouble: Trouble) -> None:
        """End everything for a reason that the end will tell."""

    def check(self) -> None:
        """Raise that reason, where there is one."""


class Runner(Protocol):
    """Trains what a desk hands out until the desk has nothing more, and tells it everything."""

    def run(self, desk: TrainingDesk, split: Split) -> None:
        """Return when the desk is over.

        Raises:
            Trouble: When nothing can be trained here, or the store is out of reach.
        """


def hand_over(desk: TrainingDesk, number: int, *told: EpochReport | Failed) -> bool:
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
