"""How much of a GPU a trial is given: from its predicted memory, corrected by what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, final

from trainers.memory import predict_memory

if TYPE_CHECKING:
    from ..assignment import Assignment

# Few kinds of shares, each half of the one before: a warm worker serves any trial of its kind.
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
# What a process takes on a GPU before torch holds a single tensor: context, kernels, libraries.
CONTEXT_BYTES = 600 * 1024**2
# The prediction is trusted less before, and a measured peak is exceeded by this much at most.
ENOUGH, MARGIN = 8, 1.2


@final
class Shares:
    """Predicts shares, and learns from the peaks that trials report.

    Args:
        setting: ``auto``, or the share of every trial; more than one GPU is allowed.
        gpu_bytes: The memory of the smallest GPU, 0 where there is none.
        images: In the train and validation part.
    """

    def __init__(self, setting: float | Literal["auto"], *, gpu_bytes: int, images: int) -> None:
        self._setting = setting
        self._gpu_bytes = gpu_bytes
        self._images = images
        self._ratios: list[float] = []
        self._least: dict[int, float] = {}

    @property
    def scale(self) -> float:
        """What predictions are multiplied by: 1 until enough trials have been measured."""
        return MARGIN * max(self._ratios) if len(self._ratios) >= ENOUGH else 1.0

    def share(self, assignment: Assignment) -> float:
        """Return the share of a GPU that a trial is given."""
        if self._setting != "auto":
            return self._setting
        if not self._gpu_bytes:
            return 0.0
        needed = (self.scale * self._predicted(assignment) + CONTEXT_BYTES) / self._gpu_bytes
        fitting = next((share for share in SHARES if share >= needed), 1.0)
        return max(fitting, self._least.get(assignment.number, 0.0))

    def learn(self, assignment: Assignment, peak: int) -> None:
        """Take note of the most bytes that torch held in a trial."""
        if len(self._ratios) < ENOUGH:
            self._ratios.append(peak / self._predicted(assignment))

    def grow(self, number: int, share: float) -> float | None:
        """Return the next larger share for a trial whose memory ran out, None where none is."""
        larger = next((each for each in SHARES if each > share), None)
        if self._setting != "auto" or not share or larger is None:
            return None
        self._least[number] = larger
        return larger

    def _predicted(self, assignment: Assignment) -> int:
        return predict_memory(assignment.architecture, assignment.recipe, images=self._images)


def spoken(share: float) -> str:
    """Return a share as a person says it."""
    return f"1/{1 / share:.0f}" if 0 < share < 1 else f"{share:g}"
