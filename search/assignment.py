"""What a worker is given to train, and where it leaves what it trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from space import Architecture
    from trainers import Recipe


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that a worker needs to know to train one trial.

    Args:
        number: The trial's number in its study.
        architecture: What to train.
        recipe: How to train it.
        seed: Of all its chance.
        weights: The file to save the weights to.
        threads: To compute with; another count gives other last bits.
        checkpoint: The path or URL of the file to go on from, where it is there, and to write on
            the way.
        checkpoint_seconds: How old a checkpoint may become.
        epochs_known: The last epoch that the store holds.
    """

    number: int
    architecture: Architecture
    recipe: Recipe
    seed: int
    weights: str
    threads: int = 1
    checkpoint: str | None = None
    checkpoint_seconds: float = 30.0
    epochs_known: int = 0


def trial_seed(study_seed: int, number: int) -> int:
    """Return the seed of a trial, which makes the trial repeatable by itself."""
    return int(np.random.SeedSequence((study_seed, number)).generate_state(1)[0])
