"""Training-free signals against closed forms, and on generated networks."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from space import Architecture
from space.layers import Flatten, Linear, ReLU
from tests.strategies import architectures
from trainers import build_network
from trainers.measurement import measure_signals

LINEAR = Architecture((1, 2, 2), 3, (Flatten(), Linear(5, bias=False), Linear(3, bias=False)))
RECTIFIED = Architecture((1, 2, 2), 2, (Flatten(), Linear(6), ReLU(), Linear(2)))


def batch(architecture: Architecture, count: int = 8) -> tuple[torch.Tensor, torch.Tensor]:
    drawn = torch.Generator().manual_seed(0)
    images = torch.randn((count, *architecture.input_shape), generator=drawn)
    return images, torch.arange(count) % architecture.classes


def test_synaptic_flow_of_two_matrices_is_the_same_in_each() -> None:
    network = build_network(LINEAR, seed=0)
    first, second = (each.detach().double().abs().numpy() for each in network.parameters())
    flow = np.ones(3) @ second @ first @ np.ones(4)
    found = measure_signals(network, *batch(LINEAR))
    assert found.synflow == pytest.approx(math.log(2 * flow))


def test_the_gradient_of_a_linear_network_is_the_same_at_every_image() -> None:
    found = measure_signals(build_network(LINEAR, seed=0), *batch(LINEAR, 4))
    # Correlations of 1 everywhere have the eigenvalues 4, 0, 0, 0.
    expected = -np.mean([math.log(value + 1e-5) + 1 / (value + 1e-5) for value in (4, 0, 0, 0)])
    assert found.jacobian == pytest.approx(expected, rel=1e-3)
    assert math.isnan(found.naswot)


def test_the_norm_of_the_gradient_is_that_of_finite_differences() -> None:
    network, (images, labels) = build_network(RECTIFIED, seed=1), batch(RECTIFIED)
    wide = network.double()
    flat = torch.nn.utils.parameters_to_vector(wide.parameters()).detach()

    @torch.no_grad()
    def loss(weights: torch.Tensor) -> float:
        torch.nn.utils.vector_to_parameters(weights, wide.parameters())
        return float(torch.nn.functional.cross_entropy(wide(images.double()), labels))

    steps = torch.eye(len(flat), dtype=torch.float64) * 1e-6
    slopes = [(loss(flat + step) - loss(flat - step)) / 2e-6 for step in steps]
    network = build_network(RECTIFIED, seed=1)
    found = measure_signals(network, images, labels).grad_norm
    assert found == pytest.approx(math.log(np.linalg.norm(slopes)), abs=1e-5)


def test_images_that_switch_the_same_units_cannot_be_told_apart() -> None:
    network, (images, labels) = build_network(RECTIFIED, seed=0), batch(RECTIFIED, 3)
    codes = (network.layers[1](images.flatten(1)) > 0).numpy()
    alike = np.array([[(one == other).sum() for other in codes] for one in codes])
    found = measure_signals(network, images, labels).naswot
    assert found == pytest.approx(np.linalg.slogdet(alike)[1])
    twice = torch.cat([images, images[:1]])
    assert measure_signals(network, twice, torch.tensor([0, 1, 0, 0])).naswot == -math.inf


@settings(max_examples=25, deadline=None)
@given(architectures())
def test_signals_leave_the_network_as_it_was(architecture: Architecture) -> None:
    network = build_network(architecture, seed=0)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    found = measure_signals(network, *batch(architecture))
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(each.grad is None for each in network.parameters())
    assert math.isfinite(found.synflow)
    assert not math.isnan(found.grad_norm)
