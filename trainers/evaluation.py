"""How well a network does on a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from .memory import evaluation_batch
from .reports import Evaluation
from .resident import make_resident, network_input

if TYPE_CHECKING:
    from torch import nn

    from .data import Part, Split
    from .resident import Resident


def evaluate(
    network: nn.Module, part: Part, split: Split, *, device: str | torch.device = "cpu"
) -> Evaluation:
    """Return accuracy and loss of ``network`` on ``part``, normalised as ``split`` says.

    The network is moved to ``device`` and left in evaluation mode.
    """
    place = torch.device(device)
    network.to(device=place)
    return evaluate_resident(network, make_resident(part, split, place))


def evaluate_resident(network: nn.Module, resident: Resident) -> Evaluation:
    """Do the same for a part that is on the network's device already."""
    network.eval()
    size = evaluation_batch(*resident.pixels.shape[1:3])
    totals = torch.zeros(2, dtype=torch.float64, device=resident.labels.device)
    with torch.inference_mode():
        for start in range(0, len(resident), size):
            labels = resident.labels[start : start + size]
            logits = network(network_input(resident, resident.pixels[start : start + size]))
            loss = functional.cross_entropy(logits, labels, reduction="sum")
            right = (logits.argmax(dim=1) == labels).sum()
            totals += torch.stack([right, loss.double()])
    accuracy, loss_mean = (totals / len(resident)).tolist()
    return Evaluation(accuracy, loss_mean)
