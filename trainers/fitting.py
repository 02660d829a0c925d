"""One pass over the train part."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import torch
from torch.nn.utils import clip_grad_norm_

from .augmentation import change_input, draw_changes
from .failures import TrainingFailure
from .faults import first_line, is_out_of_memory
from .losses import Batch, loss_of, mix
from .optimizers import set_learning_rate
from .precision import reduced
from .resident import network_input

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from .training import Training

_log = logging.getLogger(__name__)


def fit(training: Training, epoch: int) -> float:
    """Train for one epoch, with torch's global random numbers; return the mean loss.

    Where memory runs out, that step and the rest of the epoch are done in two halves each, whose
    gradients are added up; normalisation then sees the halves.
    """
    training.network.train()
    # Added up on the device: reading a loss at each step would make the processor wait for it.
    total = torch.zeros((), device=training.device)
    halved = False
    for step, batch in enumerate(_batches(training)):
        set_learning_rate(training.optimizer, training.rate(epoch, step))
        loss, halved = _robust_step(training, batch, halved=halved)
        total += loss
        if time.monotonic() > training.deadline:
            raise TrainingFailure("timeout", f"time ran out in epoch {epoch}")
    return float(total / len(training.train))


def _robust_step(training: Training, batch: Batch, *, halved: bool) -> tuple[Tensor, bool]:
    """Do a step, in halves where memory does not hold it; return its loss and whether it was."""
    try:
        return _step(training, batch.halves() if halved else (batch,)), halved
    except (RuntimeError, MemoryError) as error:
        if halved or not is_out_of_memory(error):
            raise
        _log.warning("%s: going on with half a batch at a time", first_line(error))
    # Not within the clause above, whose error holds on to the tensors of the step that failed.
    if training.device.type == "cuda":
        torch.cuda.empty_cache()
    return _step(training, batch.halves()), True


def _step(training: Training, parts: Sequence[Batch]) -> Tensor:
    """Move the weights along the gradient of the parts' mean loss; return the sum of losses."""
    training.optimizer.zero_grad()
    count = sum(len(part.labels) for part in parts)
    total = torch.zeros((), device=training.device)
    for part in parts:
        with reduced(training.device):
            logits = training.network(part.images)
        loss = loss_of(logits.float(), part, training.recipe, training.weights)
        share = len(part.labels) / count
        (loss if share == 1 else loss * share).backward()  # type: ignore[no-untyped-call]
        total += loss.detach() * len(part.labels)
    if training.recipe.gradient_clip:
        clip_grad_norm_(training.network.parameters(), training.recipe.gradient_clip)
    training.optimizer.step()
    if training.averaged is not None:
        training.averaged.update()
    return total


def _batches(training: Training) -> Iterator[Batch]:
    """Yield the train part in random order, as batches whose sizes differ by one at most."""
    data, recipe, names = training.train, training.recipe, training.augmentations
    # Drawn on the CPU, so that every device sees the same order, and moved over once an epoch.
    order = torch.randperm(len(data)).to(training.device)
    changes = draw_changes(recipe, names, data.shape).to(training.device)
    cuts = zip(order.tensor_split(training.steps), changes.parts(training.steps), strict=True)
    for chosen, change in cuts:
        images = network_input(data, data.take_changed(chosen, change))
        images, labels = change_input(images, change, recipe), data.labels[chosen]
        yield mix(images, labels, recipe.mixup_alpha) if "mixup" in names else Batch(images, labels)
