"""One trial after another in this process: for tests, debugging and replays."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, final

from .work import Failed, work

if TYPE_CHECKING:
    from trainers import Split

    from ..desk import Assignment, Desk


@final
class InlineRunner:
    """Trains in this process."""

    def run(self, desk: Desk, split: Split) -> None:
        """Train one trial after another until the desk has no further one."""
        while (assignment := desk.next()) is not None:
            _train(assignment, desk, split)


def _train(assignment: Assignment, desk: Desk, split: Split) -> None:
    with closing(work(assignment, split)) as reports:
        for report in reports:
            if isinstance(report, Failed):
                desk.fail(assignment.number, report.reason)
            elif not desk.report(assignment.number, report):
                break
    desk.finish(assignment.number)
