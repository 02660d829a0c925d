"""Known networks with their published numbers, and the spaces around them."""

from __future__ import annotations

import numpy as np
import pytest

from space import SearchSpace
from space.presets import PRESETS, REFERENCES, documents

FIXED = {
    "keras-mnist": documents.KERAS_MNIST_28,
    "lenet": documents.LENET5,
    "micro": documents.MICRO_32,
    "mobilenet": documents.MOBILENET_V2,
    "resnet": documents.RESNET18,
    "vgg": documents.VGG11,
}


@pytest.mark.parametrize(
    ("name", "params", "macs"),
    [
        # torchvision's documentation of the weights: 11,689,512 and 1.81 billion operations.
        ("resnet18", 11_689_512, 1_814_073_344),
        # There: 3,504,872 and 0.30 billion operations.
        ("mobilenet-v2", 3_504_872, 300_774_272),
        # There: 132,863,336 and 7.61 billion operations.
        ("vgg11", 132_863_336, 7_609_090_048),
    ],
)
def test_known_networks_have_their_published_sizes(name: str, params: int, macs: int) -> None:
    assert (REFERENCES[name].params, REFERENCES[name].macs) == (params, macs)


def test_maps_and_depth_of_resnet18_and_mobilenet() -> None:
    resnet, mobilenet = REFERENCES["resnet18"], REFERENCES["mobilenet-v2"]
    sides = [shape[1] for shape in resnet.shapes if len(shape) == 3]
    assert sorted(set(sides), reverse=True) == [224, 112, 56, 28, 14, 7]
    assert resnet.depth == 18
    assert resnet.shapes[-2] == (512,)
    assert mobilenet.depth == 53
    assert [shape for shape in mobilenet.shapes if len(shape) == 3][-1] == (1280, 7, 7)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_holds_its_reference(name: str) -> None:
    preset = PRESETS[name]
    space, reference = preset.space(), preset.reference
    fixed = SearchSpace.from_dict(
        FIXED[name], input_shape=reference.input_shape, classes=reference.classes
    )
    point = space.point_of_labels(
        {
            each.name: each.labels[each.choices.index(chosen(fixed, each.name))]
            for each in space.dimensions
        }
    )
    built = space.build(point)
    assert built.fingerprint == reference.fingerprint
    assert space.build(space.sample(np.random.default_rng(0))).classes == reference.classes


def chosen(fixed: SearchSpace, name: str) -> object:
    where, field = name.rsplit(".", 1)
    part = fixed.head if where == "head" else fixed.stages[int(where[7:-1])]
    return getattr(part, field)[0]


def test_micro_fits_a_microcontroller() -> None:
    reference, limits = PRESETS["micro"].reference, PRESETS["micro"].limits
    assert reference.weight_bytes < 64_000
    assert reference.activation_bytes < 64_000
    assert limits == {"weight_bytes": 64_000, "activation_bytes": 64_000}
