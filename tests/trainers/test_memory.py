"""Predicted memory against what torch really keeps."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from space import Architecture
from space.layers import Conv2d, Flatten, Linear, ReLU
from tests.strategies import architectures
from trainers import Recipe, build_network
from trainers.memory import BASE, FLOAT, _steps, predict_memory

if TYPE_CHECKING:
    from torch import Tensor


def kept_bytes(architecture: Architecture, batch: int) -> int:
    """Bytes that torch keeps for the backward pass, weights apart; memory shared counts once."""
    network = build_network(architecture, seed=0)
    weights = {each.untyped_storage().data_ptr() for each in network.state_dict().values()}
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    images = torch.rand(batch, *architecture.input_shape).to(memory_format=torch.channels_last)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        logits = network(images)
    assert logits.shape == (batch, architecture.classes)
    return sum(kept.values())


@settings(max_examples=60, deadline=None)
@given(architectures(), st.integers(2, 8))
def test_no_tensor_that_torch_keeps_is_left_out(architecture: Architecture, batch: int) -> None:
    steps = list(_steps(architecture.layers, architecture.input_shape))
    image = FLOAT * torch.Size(architecture.input_shape).numel()
    predicted = batch * (image + sum(step.kept for step in steps))
    # Means and deviations of normalisation are one number a channel, whatever the batch.
    channels = sum(shape[0] for shape in architecture.shapes)
    assert kept_bytes(architecture, batch) <= predicted + 16 * FLOAT * channels


def test_what_counts() -> None:
    layers = (Conv2d(8, 3), ReLU(), Flatten(), Linear(10))
    architecture = Architecture((3, 128, 128), 10, layers)
    base = Recipe(batch_size=256)
    least = predict_memory(architecture, base)
    # A batch of the first map, kept by the layers on both sides of it.
    assert least > BASE + 256 * FLOAT * 2 * 8 * 126 * 126
    assert predict_memory(architecture, Recipe(batch_size=512)) > 1.8 * (least - BASE)
    weights = FLOAT * architecture.params
    assert predict_memory(architecture, Recipe(batch_size=256, ema=0.9)) >= least + 2 * weights
    plain = predict_memory(architecture, Recipe(batch_size=256, optimizer="sgd"))
    assert weights <= least - plain < 2 * weights
    assert predict_memory(architecture, base, images=1000) == least + 1000 * 3 * 128 * 128


def test_prediction_needs_no_torch() -> None:
    code = "import sys, trainers.memory; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
