"""The loss of a training step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from space.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

    from .data import Split
    from .recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What a step is shown.

    Args:
        images: (B, C, H, W) normalised.
        labels: (B,).
        others: (B,) the classes that the second images of a mixture have; None where none is mixed.
        share: Of the first images in the mixture.
    """

    images: Tensor
    labels: Tensor
    others: Tensor | None = None
    share: float = 1.0

    def halves(self) -> list[Batch]:
        """Cut in two, for a step in less memory."""
        others = (None, None) if self.others is None else self.others.tensor_split(2)
        cuts = zip(self.images.tensor_split(2), self.labels.tensor_split(2), others, strict=True)
        return [Batch(*cut, self.share) for cut in cuts if len(cut[0])]


def mix(images: Tensor, labels: Tensor, alpha: float) -> Batch:
    """Mix each image with another of its batch (Zhang et al., mixup, 2018, equation 1).

    One share serves the whole batch, as in the authors' code; drawn from torch's generators.
    """
    share = float(torch.distributions.Beta(alpha, alpha).sample())
    partner = torch.randperm(len(labels)).to(labels.device)
    return Batch(torch.lerp(images[partner], images, share), labels, labels[partner], share)


def loss_of(logits: Tensor, batch: Batch, recipe: Recipe, weights: Tensor | None) -> Tensor:
    """Return the mean cross-entropy, smoothed and weighted as the recipe says."""
    smoothing = recipe.label_smoothing
    loss = functional.cross_entropy(logits, batch.labels, weights, label_smoothing=smoothing)
    if batch.others is None:
        return loss
    other = functional.cross_entropy(logits, batch.others, weights, label_smoothing=smoothing)
    return batch.share * loss + (1 - batch.share) * other


def class_weights(recipe: Recipe, split: Split) -> Tensor | None:
    """Return one weight a class, (classes,), or None where all weigh the same.

    Raises:
        InputError: The recipe has another number of weights than the data have classes.
    """
    classes = len(split.class_names)
    if recipe.class_weights == "none":
        return None
    if recipe.class_weights == "balanced":
        counts = np.bincount(split.train.labels, minlength=classes)
        return torch.tensor(counts.sum() / (classes * counts), dtype=torch.float32)
    if len(recipe.class_weights) != classes:
        rule = f"class_weights must be as many as the classes, {classes}"
        raise InputError("class_weights", rule, len(recipe.class_weights))
    return torch.tensor(recipe.class_weights, dtype=torch.float32)
