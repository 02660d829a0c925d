"""What a worker does with an assignment, wherever it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from trainers import TrainingFailure, build_network, keep_large_blocks, save_weights, train

if TYPE_CHECKING:
    from collections.abc import Generator

    from trainers import EpochReport, Split

    from ..desk import Assignment


@dataclass(frozen=True, slots=True)
class Failed:
    """A training that could not go on, and why."""

    reason: str


def work(assignment: Assignment, split: Split) -> Generator[EpochReport | Failed]:
    """Train the assignment on one core, yield a report after each epoch, save the final weights.

    One core in every runner: sums come out the same to the last bit, so that a trial can be
    repeated anywhere, and two workers of one core each do more than one of two.

    Whatever goes wrong comes out as a last report, never as an exception: an exception would cost
    the worker its process, and the study the seconds that a new one takes to start.
    """
    torch.set_num_threads(1)
    keep_large_blocks()
    try:
        network = build_network(assignment.architecture, seed=assignment.seed)
        yield from train(network, split, assignment.recipe, seed=assignment.seed)
        save_weights(network, assignment.weights)
    except TrainingFailure as failure:
        yield Failed(failure.reason)
    except Exception as error:  # noqa: BLE001  a failed training is a result, never the study's end
        yield Failed(f"{type(error).__name__}: {error}")
