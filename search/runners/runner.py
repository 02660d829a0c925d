"""What every runner offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from trainers import Split

    from ..desk import Desk


class Runner(Protocol):
    """Trains what a desk hands out until the desk has nothing more, and tells it everything."""

    def run(self, desk: Desk, split: Split) -> None:
        """Return when the desk is complete or interrupted.

        Raises:
            RunnerError: When nothing can be trained here.
        """


class RunnerError(RuntimeError):
    """The place where trials are trained broke down; the study can be resumed."""
