"""How well a network does on a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from .memory import evaluation_batch
from .reports import Evaluation
from .resident import network_input, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor, nn

    from .data import Part, Split
    from .resident import Shown


def evaluate(
    network: nn.Module, part: Part, split: Split, *, device: str | torch.device = "cpu"
) -> Evaluation:
    """Return accuracy and loss of ``network`` on ``part``, normalised as ``split`` says.

    The network is moved to ``device`` and left in evaluation mode.
    """
    place = torch.device(device)
    network.to(device=place)
    return evaluate_shown(network, show(part, split, place))


def evaluate_shown(network: nn.Module, shown: Shown) -> Evaluation:
    """Do the same for a part that is on the network's device already."""
    totals = torch.zeros(2, dtype=torch.float64, device=shown.labels.device)
    for logits, labels in logits_of(network, shown):
        loss = functional.cross_entropy(logits, labels, reduction="sum")
        right = (logits.argmax(dim=1) == labels).sum()
        totals += torch.stack([right, loss.double()])
    accuracy, loss_mean = (totals / len(shown)).tolist()
    return Evaluation(accuracy, loss_mean)


@torch.inference_mode()
def logits_of(network: nn.Module, shown: Shown) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield logits (B, classes) and labels (B,) of all images in their order, in evaluation mode.

    In full precision wherever it runs: what is recorded is what the exported network does.
    """
    network.eval()
    size = evaluation_batch(*shown.shape[1:3])
    for start in range(0, len(shown), size):
        chosen = slice(start, start + size)
        yield network(network_input(shown, shown.take(chosen))), shown.labels[chosen]
