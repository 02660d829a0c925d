"""How well a network does on a part, class by class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from ..evaluation import logits_of
from ..resident import show

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from ..data import Part, Split

AMONG = 5


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """All that one look at the images of a part tells.

    Args:
        confusion: (classes, classes) images of the row's class that were taken for the column's.
        top5_accuracy: Share of images whose class is among the five likeliest, in [0, 1]; a class
            that scores the same as the right one counts as before it if its number is lower.
        loss: Mean cross-entropy in nats.
        class_names: One a class.
    """

    confusion: NDArray[np.int64]
    top5_accuracy: float
    loss: float
    class_names: tuple[str, ...]

    @property
    def images(self) -> int:
        """How many images the part has."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Share of images that are classified rightly, in [0, 1]."""
        return float(self.confusion.trace() / self.confusion.sum())

    @property
    def class_accuracy(self) -> dict[str, float | None]:
        """The same for the images of each class; None for a class without images here."""
        right, count = self.confusion.diagonal().tolist(), self.confusion.sum(axis=1).tolist()
        return {
            name: right[number] / count[number] if count[number] else None
            for number, name in enumerate(self.class_names)
        }

    def to_dict(self) -> dict[str, Any]:
        """Return everything, for JSON."""
        return {
            "images": self.images,
            "accuracy": self.accuracy,
            "top5_accuracy": self.top5_accuracy,
            "loss": self.loss,
            "class_accuracy": self.class_accuracy,
            "confusion": self.confusion.tolist(),
        }


def measure(
    network: nn.Module, part: Part, split: Split, *, device: str | torch.device = "cpu"
) -> Measurement:
    """Return accuracy, top-5 accuracy, loss and confusion of ``network`` on ``part``, in one pass.

    The network is moved to ``device`` and left in evaluation mode.
    """
    place, classes = torch.device(device), len(split.class_names)
    counts = torch.zeros(classes * classes, dtype=torch.int64, device=place)
    totals = torch.zeros(2, dtype=torch.float64, device=place)
    network.to(device=place)
    for logits, labels in logits_of(network, show(part, split, place)):
        pairs = labels * classes + logits.argmax(dim=1)
        counts += torch.bincount(pairs, minlength=classes * classes)
        loss = functional.cross_entropy(logits, labels, reduction="sum")
        totals += torch.stack([(_rank(logits, labels) < AMONG).sum(), loss.double()])
    among, loss_mean = (totals / len(part)).tolist()
    confusion = counts.reshape(classes, classes).cpu().numpy()
    return Measurement(confusion, among, loss_mean, split.class_names)


def _rank(logits: Tensor, labels: Tensor) -> Tensor:
    """Return (N,): how many classes come before the right one; all of them for not-a-number."""
    own = logits.gather(1, labels[:, None])
    later = torch.arange(logits.shape[1], device=logits.device) >= labels[:, None]
    behind = (logits < own) | ((logits == own) & later)
    return logits.shape[1] - behind.sum(dim=1)
