"""Weights on disk: the same function comes back, and a file is whole or not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from space import InputError
from space.presets import REFERENCES
from trainers import Recipe, build_network, load_weights, save_weights, train

if TYPE_CHECKING:
    from pathlib import Path

    from space import Architecture
    from trainers import Split

IMAGES = torch.linspace(-1, 1, 2 * 64).reshape(2, 1, 8, 8)


def test_round_trip_of_a_trained_network(
    small: Architecture, digits_split: Split, tmp_path: Path
) -> None:
    network = build_network(small, seed=0)
    next(train(network, digits_split, Recipe(epochs=1), seed=0))
    save_weights(network, tmp_path / "deep" / "weights.safetensors")
    copy = build_network(small, seed=1).eval()
    assert not torch.equal(copy(IMAGES), network(IMAGES))
    load_weights(copy, tmp_path / "deep" / "weights.safetensors")
    torch.testing.assert_close(copy(IMAGES), network(IMAGES))
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, copy.state_dict()[name])


def test_plain_torch_reads_the_file(small: Architecture, tmp_path: Path) -> None:
    network = build_network(small, seed=0).eval()
    save_weights(network, tmp_path / "weights.safetensors")
    plain = nn.Module()
    plain.layers = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.1),
        nn.Linear(128, 10),
    )
    plain.load_state_dict(load_file(tmp_path / "weights.safetensors"))
    assert torch.equal(plain.eval().layers(IMAGES), network(IMAGES))


def test_a_failed_write_leaves_the_older_file(
    small: Architecture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weights.safetensors"
    save_weights(build_network(small, seed=0), path)
    before = path.read_bytes()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save_weights(build_network(small, seed=1), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_files_that_do_not_fit(small: Architecture, tmp_path: Path) -> None:
    network = build_network(small, seed=0)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    path = tmp_path / "weights.safetensors"
    save_weights(build_network(REFERENCES["lenet5"], seed=0), path)
    with pytest.raises(InputError, match=r"layers\.0\.bias must have the shape \(16,\).*\(6,\)"):
        load_weights(network, path)
    path.write_bytes(path.read_bytes()[:-10])
    for wrong in (path, tmp_path / "missing"):
        with pytest.raises(InputError, match="must be a safetensors file"):
            load_weights(network, wrong)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, before[name])
