"""Looking into networks: numbers against their definitions, pictures that are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.image
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from space import InputError
from tests.trainers.conftest import coloured
from trainers import Recipe, build_network, evaluate, measure, split, train
from trainers.drawings import draw_confusion, draw_filters, draw_maps, draw_over, draw_tiles
from trainers.insight import (
    feature_maps,
    filters,
    grad_cam,
    misclassified,
    probabilities,
    saliency,
)

if TYPE_CHECKING:
    from pathlib import Path

    from space import Architecture
    from trainers import Split
    from trainers.stack import Network


@pytest.fixture(scope="module")
def trained(small: Architecture, digits_split: Split) -> Network:
    network = build_network(small, seed=0)
    list(train(network, digits_split, Recipe(epochs=4), seed=0))
    return network


def test_the_most_confident_errors_come_first(trained: Network, digits_split: Split) -> None:
    part = digits_split.validation
    wrong = misclassified(trained, part, digits_split)
    accuracy = evaluate(trained, part, digits_split).accuracy
    assert len(part) - len(wrong) == round(accuracy * len(part))
    likely = probabilities(trained, part, digits_split)
    assert (np.diff(likely[wrong].max(axis=1)) <= 0).all()
    assert (likely[wrong].argmax(axis=1) != part.labels[wrong]).all()


def test_maps_are_those_of_the_layers(trained: Network, digits_split: Split) -> None:
    maps = feature_maps(trained, digits_split.validation, digits_split, 3)
    # Max pooling runs before ReLU: index 3 before index 2.
    assert [each.name for each in maps] == [f"layers.{index}" for index in (0, 1, 3, 2, 4, 6, 5)]
    shapes = [(16, 8, 8), (16, 8, 8), (16, 4, 4), (16, 4, 4), (32, 4, 4), (32, 2, 2), (32, 2, 2)]
    assert [each.values.shape for each in maps] == shapes
    kinds = ["Conv2d", "BatchNorm2d", "MaxPool2d", "ReLU", "Conv2d", "MaxPool2d", "ReLU"]
    assert [each.kind for each in maps] == kinds
    assert filters(trained).shape == (16, 1, 3, 3)
    assert np.array_equal(filters(trained), trained.layers[0].weight.detach().numpy())


class Corner(nn.Module):
    """Class 1 is scored by the red upper left quarter, through a convolution that copies it."""

    def __init__(self) -> None:
        super().__init__()
        self.copy = nn.Conv2d(3, 1, 1, bias=False)
        with torch.no_grad():
            self.copy.weight.copy_(torch.tensor([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        corner = self.copy(images)[:, 0, :3, :2].sum(dim=(1, 2))
        return torch.stack([0.1 * self.copy(images).sum(dim=(1, 2, 3)) * 0, 7 * corner], dim=1)


def test_saliency_is_the_gradient() -> None:
    cut = split(coloured(), seed=0)
    found = saliency(Corner(), cut.validation, cut, 2, label=1)
    expected = np.zeros((6, 5), np.float32)
    expected[:3, :2] = 7
    np.testing.assert_allclose(found, expected)


def test_grad_cam_against_the_definition(trained: Network, digits_split: Split) -> None:
    part = digits_split.validation
    for position in range(4):
        heat = grad_cam(trained, part, digits_split, position, label=int(part.labels[position]))
        assert heat.shape == (8, 8)
        assert 0 <= heat.min() <= heat.max() <= 1
        maps = feature_maps(trained, part, digits_split, position)
        (last,) = (each.values for each in maps if each.name == "layers.4")
        tail = nn.Sequential(*(trained.layers[index] for index in (6, 5, 7, 8, 9)))
        kept = torch.tensor(last)[None].requires_grad_()
        tail(kept)[0, part.labels[position]].backward()
        weighted = (kept.grad.mean(dim=(2, 3), keepdim=True) * kept).sum(dim=1).relu()[0]
        # Bilinear by hand: pixel i of 8 stands at (i + 1/2) / 2 - 1/2 of the 4 cells.
        places = np.clip((np.arange(8) + 0.5) / 2 - 0.5, 0, 3)
        tents = np.clip(1 - abs(places[:, np.newaxis] - np.arange(4)), 0, 1)
        expected = tents @ weighted.detach().numpy() @ tents.T
        np.testing.assert_allclose(heat, expected / max(expected.max(), 1e-30), atol=1e-5)


def test_a_network_without_convolutions_is_refused(digits_split: Split) -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    for call in (
        lambda: filters(flat),
        lambda: grad_cam(flat, digits_split.validation, digits_split, 0),
    ):
        with pytest.raises(InputError, match="must have a convolution"):
            call()


def test_pictures_are_drawn(trained: Network, digits_split: Split, tmp_path: Path) -> None:
    part = digits_split.validation
    wrong = misclassified(trained, part, digits_split)[:6]
    pictures = {
        "confusion": draw_confusion(measure(trained, part, digits_split)),
        "wrong": draw_tiles(part.images[wrong][:, 0], [str(each) for each in part.labels[wrong]]),
        "filters": draw_filters(filters(trained)),
        "channels": draw_filters(np.random.default_rng(0).normal(size=(4, 3, 5, 5))),
        "maps": draw_maps(feature_maps(trained, part, digits_split, 0)),
        "colour": draw_tiles(coloured(4).images),
        "heat": draw_over(part, 0, grad_cam(trained, part, digits_split, 0), "the likeliest class"),
    }
    for name, figure in pictures.items():
        figure.savefig(tmp_path / f"{name}.png")
        pixels = matplotlib.image.imread(tmp_path / f"{name}.png")
        assert pixels[..., :3].std() > 0.05
