"""The training loop: a generator of epoch reports."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from .checkpoint import identity_of, read_checkpoint, write_checkpoint
from .evaluation import evaluate_shown
from .failures import TrainingFailure
from .faults import as_failures
from .fitting import fit
from .randomness import own_randomness
from .reports import EpochReport
from .training import prepare

if TYPE_CHECKING:
    from collections.abc import Generator

    from torch import nn

    from .data import Split
    from .recipe import Recipe
    from .reports import Evaluation
    from .training import Training


def train(  # noqa: PLR0913 - each is one thing that a training depends on
    network: nn.Module,
    split: Split,
    recipe: Recipe,
    *,
    seed: int,
    device: str | torch.device = "cpu",
    max_seconds: float = math.inf,
    checkpoint: str | Path | None = None,
    checkpoint_always: bool = True,
) -> Generator[EpochReport, bool | None]:
    """Train ``network`` in place, yielding a report after each epoch.

    At a report the network holds the weights that it speaks of, in evaluation mode; the caller may
    look, save, or stop asking. On a CPU with the same number of threads the same seed gives the
    same reports (times apart), whatever else the process has done.

    Args:
        network: Moved to ``device`` with channels last in memory.
        split: Only its train and validation parts are used.
        recipe: How to train.
        seed: For the order of images, augmentation and dropout, 0 or more.
        device: As torch names it.
        max_seconds: When to give up, by the clock from the first epoch on.
        checkpoint: A file that keeps the state behind a report. Where it exists, the training goes
            on behind the epoch that it holds, and ends with the same weights, bit by bit on the
            same device, as if it had never stopped. Removing it is the caller's business.
        checkpoint_always: Whether it is written before each report, or only when the caller asks:
            ``send(True)`` at a report writes the file and gives the same report again.

    Raises:
        TrainingFailure: A loss was not a number, memory or time ran out, or torch failed.
        InputError: The recipe does not fit the data, or the checkpoint is of another training.
    """
    with as_failures():
        training = prepare(
            network,
            split,
            recipe,
            seed=seed,
            device=torch.device(device),
            max_seconds=max_seconds,
        )
    kept = None if checkpoint is None else (Path(checkpoint), identity_of(training, split))
    done = 0 if kept is None else read_checkpoint(*kept, training)
    for epoch in range(done + 1, recipe.epochs + 1):
        with as_failures():
            report = _epoch(training, epoch)
        if kept is not None and checkpoint_always:
            write_checkpoint(*kept, training, epoch)
        while (yield report) and kept is not None:
            write_checkpoint(*kept, training, epoch)


def _epoch(training: Training, epoch: int) -> EpochReport:
    started = time.perf_counter()
    train_loss = _fit_and_average(training, epoch)
    trained = time.perf_counter()
    evaluation = evaluate_shown(training.network, training.validation)
    _check_finite(epoch, train_loss, evaluation)
    return EpochReport(
        epoch=epoch,
        train_loss=train_loss,
        loss=evaluation.loss,
        accuracy=evaluation.accuracy,
        learning_rate=training.rate(epoch, training.steps - 1),
        seconds=time.perf_counter() - started,
        images_per_second=len(training.train) / (trained - started),
    )


def _fit_and_average(training: Training, epoch: int) -> float:
    """Train for an epoch; between epochs the network holds the averages where there are any."""
    if training.averaged is not None and epoch > 1:
        training.averaged.swap()
    with own_randomness(training.device, training.seed, epoch):
        train_loss = fit(training, epoch)
    if training.averaged is not None:
        training.averaged.swap()
    return train_loss


def _check_finite(epoch: int, train_loss: float, evaluation: Evaluation) -> None:
    for name, loss in (("training", train_loss), ("validation", evaluation.loss)):
        if not math.isfinite(loss):
            raise TrainingFailure("nan", f"the {name} loss of epoch {epoch} is {loss}")
