"""What a network takes each image of a part for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from ..evaluation import logits_of
from ..resident import show

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from ..data import Part, Split


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One class for each image of a part.

    Args:
        classes: (N,) the likeliest of each image; of equal ones the first.
        labels: (N,) the right ones.
        loss: Mean cross-entropy in nats.
    """

    classes: NDArray[np.int64]
    labels: NDArray[np.int64]
    loss: float

    @property
    def accuracy(self) -> float:
        """Share of images that are told rightly, in [0, 1]."""
        return float(np.mean(self.classes == self.labels))


def answer(
    network: nn.Module, part: Part, split: Split, *, device: str | torch.device = "cpu"
) -> Answers:
    """Return what ``network`` takes the images of ``part`` for, normalised as ``split`` says.

    The network is moved to ``device`` and left in evaluation mode.
    """
    place = torch.device(device)
    network.to(device=place)
    chosen, total = [], 0.0
    for logits, labels in logits_of(network, show(part, split, place)):
        chosen.append(logits.argmax(dim=1).cpu().numpy())
        total += float(functional.cross_entropy(logits, labels, reduction="sum"))
    return Answers(np.concatenate(chosen), part.labels, total / len(part))
