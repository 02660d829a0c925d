"""Weights before the first step."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from torch import nn

from .stack import Network, Shortcut, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator


def initialise(network: Network) -> None:
    """Draw the weights of what is not normalised, so that signals keep their size from the start.

    Normal, with deviation 1/sqrt(inputs of a unit) and biases 0 (LeCun et al., Efficient BackProp,
    1998, 4.6) for convolutions and linear layers that no normalisation follows. The layer that
    scores and the bodies of residual blocks keep torch's own, which is smaller: uniform within
    1/sqrt(inputs of a unit) of 0, a third of the variance. So does all that is normalised, where
    the size of weights scales the rate of learning alone, and small ones learn faster.
    """
    for module in drawn_normal(network):
        nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def drawn_normal(network: Network) -> list[nn.Conv2d | nn.Linear]:
    """Return the modules whose weights `initialise` draws, in their order."""
    weighted = [each for each in network.modules() if isinstance(each, (nn.Conv2d, nn.Linear))]
    return [each for each in _not_normalised(network.layers) if each is not weighted[-1]]


def _not_normalised(layers: Stack) -> Iterator[nn.Conv2d | nn.Linear]:
    for module, behind in pairwise([*_flat(layers), None]):
        if isinstance(module, Shortcut):
            yield from _not_normalised(module.shortcut)
        elif isinstance(module, (nn.Conv2d, nn.Linear)) and not isinstance(behind, nn.BatchNorm2d):
            yield module


def _flat(layers: Stack) -> Iterator[nn.Module]:
    for module in layers:
        if isinstance(module, Stack):
            yield from _flat(module)
        else:
            yield module
