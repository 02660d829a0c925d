"""Averaged weights: what is judged and kept in place of the last step's weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor, nn


class Averaged:
    """An exponential moving average of a network's parameters and running statistics.

    Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992, with the
    exponential form and the slow start of TensorFlow's ExponentialMovingAverage: after t steps the
    decay is at most (1 + t) / (10 + t), so that the first weights are forgotten soon.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self.live = _averageable(network)
        # While training, the averages; while the averages are shown, the trained weights.
        self.kept = [tensor.detach().clone() for tensor in self.live]

    def update(self) -> None:
        """Move the averages towards the network's weights, after a step."""
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        self.steps += 1
        with torch.no_grad():
            torch._foreach_lerp_(self.kept, self.live, 1 - decay)

    def swap(self) -> None:
        """Exchange the network's weights with those that are kept here, both ways."""
        with torch.no_grad():
            for kept, live in zip(self.kept, self.live, strict=True):
                before = live.detach().clone()
                live.copy_(kept)
                kept.copy_(before)


def _averageable(network: nn.Module) -> list[Tensor]:
    """Return the tensors themselves; counters have no average."""
    tensors = network.state_dict(keep_vars=True).values()
    return [tensor for tensor in tensors if tensor.is_floating_point()]
