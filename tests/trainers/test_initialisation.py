"""Weights before the first step: what is drawn anew, and that signals keep their size."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from space import Architecture
from space.layers import (
    BatchNorm2d,
    Conv2d,
    DepthwiseSeparable,
    Flatten,
    GlobalAvgPool2d,
    InvertedResidual,
    Layer,
    Linear,
    ReLU,
    Residual,
)
from trainers import build_network
from trainers.network import build_stack

INPUT = (4, 16, 16)
END = (GlobalAvgPool2d(), Linear(10))


def plain_torch(architecture: Architecture, seed: int) -> dict[str, torch.Tensor]:
    """What torch's constructors draw, in the same order."""
    from trainers.randomness import own_randomness

    with own_randomness(torch.device("cpu"), seed):
        stack = build_stack(architecture.layers, architecture.input_shape)
    return {f"layers.{name}": tensor for name, tensor in stack.state_dict().items()}


def drawn_anew(*layers: Layer) -> set[str]:
    """Names of the tensors that are not those of torch's constructors."""
    architecture = Architecture(INPUT, 10, layers)
    plain = plain_torch(architecture, 5)
    network = build_network(architecture, seed=5).state_dict()
    assert list(plain) == list(network)
    again = build_network(architecture, seed=5).state_dict()
    assert all(torch.equal(again[name], tensor) for name, tensor in network.items())
    return {name for name, tensor in network.items() if not torch.equal(tensor, plain[name])}


@pytest.mark.parametrize(
    "block",
    [
        (Conv2d(8, 3, padding=1, bias=False), BatchNorm2d(), ReLU()),
        (DepthwiseSeparable(8, 3, between=(BatchNorm2d(), ReLU())), BatchNorm2d()),
        (InvertedResidual(4, 3),),
        (Residual((Conv2d(4, 3, padding=1), ReLU(), Conv2d(4, 3, padding=1))), ReLU()),
    ],
    ids=["conv", "separable", "inverted", "residual"],
)
def test_torch_draws_what_is_normalised_or_added(block: tuple[Layer, ...]) -> None:
    assert drawn_anew(*block, *END) == set()


def test_what_nothing_normalises_is_drawn_anew_but_not_the_scores() -> None:
    bare = Conv2d(8, 3, padding=1), ReLU(), Flatten(), Linear(16), ReLU(), Linear(10)
    names = {f"layers.{index}.{kind}" for index in (0, 3) for kind in ("weight", "bias")}
    assert drawn_anew(*bare) == names
    project = Residual((Conv2d(8, 3, 2, padding=1),), (Conv2d(8, 1, 2),))
    assert drawn_anew(project, *END) == {"layers.0.shortcut.0.weight", "layers.0.shortcut.0.bias"}


def test_signals_keep_their_size_through_many_layers() -> None:
    layers = tuple(Conv2d(64, 3, padding="same", groups=2 ** (index % 3)) for index in range(12))
    architecture = Architecture((64, 16, 16), 10, (*layers, *END))
    network = build_network(architecture, seed=1).layers
    images = torch.randn(16, 64, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for module in list(network)[: len(layers)]:
            assert isinstance(module, nn.Conv2d)
            assert not module.bias.any()
            images = module(images)
    # Zeros come in at the edges; torch's own would leave a third at each layer, 2e-6 in the end.
    middle = images[:, :, 6:10, 6:10]
    assert 0.1 < middle.var() < 2
