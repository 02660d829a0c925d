"""One trial after another in this process: for tests, debugging and replays."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import torch

from .runner import hand_over
from .work import Work

if TYPE_CHECKING:
    from trainers import Split

    from .runner import TrainingDesk


@final
class InlineRunner:
    """Trains in this process.

    Args:
        gpu: Whether a GPU may be used, where there is one.
    """

    def __init__(self, *, gpu: bool = True) -> None:
        self._device = "cuda" if gpu and torch.cuda.is_available() else "cpu"

    def run(self, desk: TrainingDesk, split: Split) -> None:
        """Train one trial after another until the desk has no further one."""
        while (assignment := desk.next()) is not None:
            work = Work(assignment, split, device=self._device)
            while hand_over(desk, assignment.number, work.step()):
                pass
            if desk.interrupted:
                work.keep()
