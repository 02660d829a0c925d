"""The training loop: a generator of epoch reports."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from .augmentation import draw_shifts, take_shifted
from .evaluation import evaluate_resident
from .failures import TrainingFailure
from .optimizers import make_optimizer, set_learning_rate
from .randomness import own_randomness
from .reports import EpochReport
from .resident import Resident, make_resident, network_input
from .schedules import rate_share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor, nn
    from torch.optim import Optimizer

    from .data import Split
    from .recipe import Recipe
    from .reports import Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class _Training:
    """All that stays the same from epoch to epoch."""

    network: nn.Module
    optimizer: Optimizer
    train: Resident
    validation: Resident
    recipe: Recipe
    seed: int
    device: torch.device
    deadline: float

    @property
    def steps(self) -> int:
        """Steps of one epoch."""
        return math.ceil(len(self.train) / self.recipe.batch_size)

    def rate(self, epoch: int, step: int) -> float:
        """Return the learning rate of a step (from 0) of an epoch (from 1)."""
        progress = ((epoch - 1) * self.steps + step) / (self.recipe.epochs * self.steps)
        return self.recipe.learning_rate * rate_share(self.recipe, progress)


def train(  # noqa: PLR0913 - each is one thing that a training depends on
    network: nn.Module,
    split: Split,
    recipe: Recipe,
    *,
    seed: int,
    device: str | torch.device = "cpu",
    max_seconds: float = math.inf,
) -> Iterator[EpochReport]:
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

    Raises:
        TrainingFailure: A loss was not a number, memory or time ran out, or torch failed.
    """
    with _failures():
        training = _prepare(
            network,
            split,
            recipe,
            seed=seed,
            device=torch.device(device),
            max_seconds=max_seconds,
        )
    for epoch in range(1, recipe.epochs + 1):
        with _failures():
            report = _epoch(training, epoch)
        yield report


def _prepare(  # noqa: PLR0913 - see train
    network: nn.Module,
    split: Split,
    recipe: Recipe,
    *,
    seed: int,
    device: torch.device,
    max_seconds: float,
) -> _Training:
    # mypy knows no overload of `to` that takes both.
    network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return _Training(
        network=network,
        optimizer=make_optimizer(network, recipe),
        train=make_resident(split.train, split, device),
        validation=make_resident(split.validation, split, device),
        recipe=recipe,
        seed=seed,
        device=device,
        deadline=time.monotonic() + max_seconds,
    )


def _epoch(training: _Training, epoch: int) -> EpochReport:
    started = time.perf_counter()
    with own_randomness(training.device, training.seed, epoch):
        train_loss = _fit(training, epoch)
    trained = time.perf_counter()
    evaluation = evaluate_resident(training.network, training.validation)
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


def _fit(training: _Training, epoch: int) -> float:
    """Pass once over the train part; return the mean loss."""
    training.network.train()
    # Added up on the device: reading a loss at each step would make the processor wait for it.
    total = torch.zeros((), device=training.device)
    for step, (images, labels) in enumerate(_batches(training)):
        set_learning_rate(training.optimizer, training.rate(epoch, step))
        loss = functional.cross_entropy(
            training.network(images), labels, label_smoothing=training.recipe.label_smoothing
        )
        training.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        training.optimizer.step()
        total += loss.detach() * len(labels)
        if time.monotonic() > training.deadline:
            raise TrainingFailure("timeout", f"time ran out in epoch {epoch}")
    return float(total / len(training.train))


def _batches(training: _Training) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the train part in random order, as batches whose sizes differ by one at most."""
    data, shifted = training.train, training.recipe.augment == "shift"
    count, height, width, _ = data.pixels.shape
    # Drawn on the CPU, so that every device sees the same order, and moved over once an epoch.
    order = torch.randperm(count).to(training.device)
    shifts = draw_shifts(count, height, width).to(training.device) if shifted else order
    cuts = (part.tensor_split(training.steps) for part in (order, shifts))
    for chosen, moves in zip(*cuts, strict=True):
        pixels = take_shifted(data.pixels, chosen, moves) if shifted else data.pixels[chosen]
        yield network_input(data, pixels), data.labels[chosen]


def _check_finite(epoch: int, train_loss: float, evaluation: Evaluation) -> None:
    for name, loss in (("training", train_loss), ("validation", evaluation.loss)):
        if not math.isfinite(loss):
            raise TrainingFailure("nan", f"the {name} loss of epoch {epoch} is {loss}")


@contextmanager
def _failures() -> Iterator[None]:
    """Turn what torch raises into failures that a trial can record."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise TrainingFailure("out_of_memory", _first_line(error)) from error
    except RuntimeError as error:
        # The CPU allocator has no exception of its own.
        memory = "can't allocate memory" in str(error) or "out of memory" in str(error)
        raise TrainingFailure("out_of_memory" if memory else "error", _first_line(error)) from error


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
