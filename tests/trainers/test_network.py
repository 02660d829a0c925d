"""The module of an architecture against the closed formulas and against plain torch."""

from __future__ import annotations

import copy
from math import prod

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from space import Architecture, InputError
from space.layers import (
    GELU,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Hardswish,
    Linear,
    MaxPool2d,
    ReLU,
    ReLU6,
    SiLU,
    Tanh,
)
from space.presets import REFERENCES
from tests.strategies import architectures
from trainers import build_network
from trainers.network import build_module
from trainers.order import execution_order

BATCH = 2
IMAGE = torch.tensor(
    [[0, 1, 0, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]],
    dtype=torch.float32,
)
EDGES = torch.tensor([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=torch.float32)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(architectures())
def test_formulas_agree_with_torch_layer_by_layer(architecture: Architecture) -> None:
    modules = build_network(architecture, seed=0).eval().layers.to("meta")
    assert len(modules) == len(architecture.layers)
    for layer, module, before, after in zip(
        architecture.layers, modules, architecture.shapes, architecture.shapes[1:], strict=False
    ):
        with FlopCounterMode(display=False) as counter:
            output = module(torch.empty(BATCH, *before, device="meta"))
        assert tuple(output.shape) == (BATCH, *after)
        assert sum(p.numel() for p in module.parameters()) == layer.params(before)
        # Torch counts a multiplication and an addition as two.
        assert counter.get_total_flops() == 2 * BATCH * layer.macs(before)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(architectures(), st.integers(0, 2**31))
def test_the_order_of_execution_changes_no_bit(architecture: Architecture, seed: int) -> None:
    network = build_network(architecture, seed=0).eval()
    plain = nn.Sequential(*copy.deepcopy(network).layers).eval()
    torch.manual_seed(seed)
    images = torch.randn(BATCH, *architecture.input_shape)
    assert torch.equal(network(images), plain(images))
    network(images).sum().backward()
    plain(images).sum().backward()
    for ours, theirs in zip(network.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)


def test_pooling_runs_before_what_commutes_with_it() -> None:
    layers = (Conv2d(2, 3), ReLU(), ReLU6(), MaxPool2d(2), Conv2d(2, 3), ReLU(), MaxPool2d(2))
    assert execution_order(layers) == [0, 3, 1, 2, 4, 6, 5]
    for falls_somewhere in (SiLU(), GELU(), Hardswish()):
        assert execution_order((falls_somewhere, MaxPool2d(2))) == [0, 1]
    for mixes in (BatchNorm2d(), Dropout(0.5), Tanh()):
        assert execution_order((ReLU(), mixes, MaxPool2d(2))) == [0, 1, 2]


def convolved(stride: int) -> Tensor:
    module = build_module(Conv2d(1, 3, stride=stride, bias=False), (1, 5, 5))
    module.load_state_dict({"weight": EDGES[None, None]})
    with torch.no_grad():
        return module(IMAGE[None, None])[0, 0]


def test_convolution_by_hand() -> None:
    full = [[3, -3, -1], [-2, 3, -3], [-3, 2, 3]]
    assert convolved(stride=1).tolist() == full
    assert convolved(stride=2).tolist() == [[3, -1], [-3, 3]]


def test_pooling_by_hand() -> None:
    pooling = build_module(MaxPool2d(2, stride=1), (1, 3, 3))
    assert pooling(convolved(stride=1)[None])[0].tolist() == [[3, 3], [3, 3]]


def test_lenet5() -> None:
    lenet = REFERENCES["lenet5"]
    layers = build_network(lenet, seed=0).layers
    weighted = [module for module in layers if isinstance(module, nn.Conv2d | nn.Linear)]
    counts = [sum(p.numel() for p in module.parameters()) for module in weighted]
    assert counts == [156, 2416, 48120, 10164, 850]
    shapes, images = [], torch.zeros(1, 1, 32, 32)
    for module in layers:
        images = module(images)
        if isinstance(module, nn.Conv2d | nn.AvgPool2d):
            shapes.append(tuple(images.shape[1:]))
    assert shapes == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5)]
    assert [prod(shape) for shape in shapes] == [4704, 1176, 1600, 400]


@pytest.mark.parametrize(("kernel", "dilation"), [(2, 1), (4, 1), (2, 3), (4, 3), (3, 2)])
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_same_padding_is_that_of_torch(kernel: int, dilation: int) -> None:
    layer = Conv2d(3, kernel, padding="same", dilation=dilation)
    ours = build_module(layer, (2, 9, 8))
    theirs = nn.Conv2d(2, 3, kernel, padding="same", dilation=dilation)
    theirs.load_state_dict(ours.state_dict())
    images = torch.randn(2, 2, 9, 8)
    torch.testing.assert_close(ours(images), theirs(images))


def test_initial_weights_follow_from_the_seed(small: Architecture) -> None:
    torch.manual_seed(1)
    outer = torch.get_rng_state()
    first = build_network(small, seed=7).state_dict()
    assert torch.equal(torch.get_rng_state(), outer)
    torch.rand(5)
    again, other = (build_network(small, seed=seed).state_dict() for seed in (7, 8))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["layers.0.weight"], other["layers.0.weight"])


def test_a_layer_without_a_builder_is_refused() -> None:
    with pytest.raises(InputError, match="must have a builder"):
        build_module("Conv3d", (1, 2, 3))
    assert build_module(Flatten(), (1, 2, 3))(torch.zeros(5, 1, 2, 3)).shape == (5, 6)
    assert build_module(Linear(4), (6,))(torch.zeros(5, 6)).shape == (5, 4)


@pytest.mark.parametrize(("stride", "padding", "groups"), [(2, 0, 1), (3, 1, 2), (2, 0, 4)])
def test_strided_1x1_convolutions_are_torchs(stride: int, padding: int, groups: int) -> None:
    """Against torch's own, channels first, where its gradient does not write past its memory."""
    layer = Conv2d(16, 1, stride=stride, padding=padding, groups=groups)
    ours = build_module(layer, (8, 64, 64)).to(memory_format=torch.channels_last)
    plain = nn.Conv2d(8, 16, 1, stride=stride, padding=padding, groups=groups)
    plain.load_state_dict(ours.state_dict())
    torch.manual_seed(0)
    shown = torch.randn(8, 8, 64, 64)
    found = []
    for module, memory in ((ours, torch.channels_last), (plain, torch.contiguous_format)):
        images = shown.clone(memory_format=memory).requires_grad_()
        for _ in range(3):
            out = module(images)
            out.square().sum().backward()
        found.append((out, images.grad, module.weight.grad, module.bias.grad))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-3)
