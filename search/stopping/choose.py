"""From the name in a job to a stopping rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from space import SearchSpace

    from ..job import StopName
    from .rule import StoppingRule


def choose_stopping(name: StopName, epochs: int, space: SearchSpace) -> StoppingRule | None:
    """Return a fresh rule of the job's kind, for trainings of so many epochs; None for no rule."""
    if name == "none":
        return None
    if name == "front":
        from .reaching import Reaching  # noqa: PLC0415  each rule loads what it needs

        return Reaching(epochs, space.encode)
    from .halving import Halving, by_accuracy, by_dominance  # noqa: PLC0415

    if name == "asha":
        return Halving(epochs, by_accuracy, "more accurate")
    return Halving(epochs, by_dominance, "ahead in accuracy and size")
