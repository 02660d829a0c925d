from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given

from space import Architecture, Conv2d, InputError, LayerError
from space.canonical import canonical
from space.layers import (
    AvgPool2d,
    BatchNorm2d,
    DepthwiseSeparable,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
)
from space.presets import REFERENCES
from tests.strategies import architectures


def network(*layers: Layer, side: int = 8) -> Architecture:
    return Architecture((4, side, side), 2, (*layers, Flatten(), Linear(2)))


@given(architectures())
def test_json_and_pickle_give_the_same_architecture(architecture: Architecture) -> None:
    text = json.dumps(architecture.to_dict(), allow_nan=False)
    assert Architecture.from_dict(json.loads(text)) == architecture
    assert pickle.loads(pickle.dumps(architecture)) == architecture


@given(architectures())
def test_the_canonical_form_is_the_same_network_and_final(architecture: Architecture) -> None:
    plain = Architecture(
        architecture.input_shape,
        architecture.classes,
        canonical(architecture.layers, architecture.input_shape),
    )
    assert plain.fingerprint == architecture.fingerprint
    assert canonical(plain.layers, plain.input_shape) == plain.layers
    for cost in ("params", "macs", "depth", "activation_bytes"):
        assert getattr(plain, cost) == getattr(architecture, cost)


SAME: list[tuple[tuple[Layer, ...], tuple[Layer, ...]]] = [
    ((Dropout(0),), ()),
    ((Dropout(0.0), ReLU(), ReLU()), (ReLU(),)),
    ((MaxPool2d(2),), (MaxPool2d(2, stride=2),)),
    ((MaxPool2d(1), AvgPool2d(1, 2)), (MaxPool2d(1, 2),)),
    ((Conv2d(8, 3, padding="same"),), (Conv2d(8, 3, padding=1),)),
    ((Conv2d(8, 3, padding="same", dilation=2),), (Conv2d(8, 3, padding=2, dilation=2),)),
    ((Conv2d(8, 1, dilation=3),), (Conv2d(8, 1),)),
    ((Conv2d(8, 8, stride=3),), (Conv2d(8, 8),)),
    ((Conv2d(8, 7, stride=2),), (Conv2d(8, 7, stride=3),)),
    ((AvgPool2d(8, 5),), (AvgPool2d(8),)),
    ((GlobalAvgPool2d(),), (AvgPool2d(8),)),
    ((MaxPool2d(8), GlobalAvgPool2d()), (MaxPool2d(8),)),
    (
        (DepthwiseSeparable(6, 3, between=(ReLU(),)),),
        (Conv2d(4, 3, groups=4), ReLU(), Conv2d(6, 1)),
    ),
    ((Residual((Conv2d(4, 1, dilation=2), Dropout(0))),), (Residual((Conv2d(4, 1),)),)),
]

DIFFERENT: list[tuple[tuple[Layer, ...], tuple[Layer, ...]]] = [
    ((ReLU(),), ()),
    ((Dropout(0.1),), (Dropout(0.2),)),
    ((MaxPool2d(2),), (AvgPool2d(2),)),
    ((MaxPool2d(3, 1),), (MaxPool2d(3, 2),)),
    ((Conv2d(8, 3),), (Conv2d(8, 3, padding=1),)),
    ((Conv2d(8, 3),), (Conv2d(8, 3, bias=False),)),
    ((Conv2d(8, 3, stride=5),), (Conv2d(8, 3, stride=4),)),
    ((Conv2d(8, 4, padding="same"),), (Conv2d(8, 3, padding="same"),)),
    ((Residual((ReLU(),)),), (ReLU(),)),
    ((BatchNorm2d(), BatchNorm2d()), (BatchNorm2d(),)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equal_fingerprints(one: tuple[Layer, ...], other: tuple[Layer, ...]) -> None:
    assert network(*one).fingerprint == network(*other).fingerprint


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_fingerprints(one: tuple[Layer, ...], other: tuple[Layer, ...]) -> None:
    assert network(*one).fingerprint != network(*other).fingerprint


def test_fingerprints_stay_as_they_are_between_versions() -> None:
    known = {name: reference.fingerprint for name, reference in REFERENCES.items()}
    assert known == {
        "keras-150": "cd72867b09a96d23fb67",
        "keras-mnist": "723f917250bcc4b0a5e3",
        "lenet5": "5142be512a0b3e0e66ad",
        "micro": "da4abc718a730445e0a9",
        "mobilenet-v2": "4ceeafb940ab28ac9561",
        "resnet18": "5815a944f4d34c83aa4b",
        "vgg11": "27352dff327cdec69e42",
    }
    assert network().fingerprint != network(side=9).fingerprint


WRONG: list[tuple[Any, type[InputError], str]] = [
    (lambda: Architecture((1, 8), 2, (Flatten(), Linear(2))), InputError, "input_shape"),
    (lambda: Architecture((0, 8, 8), 2, (Flatten(), Linear(2))), InputError, "input_shape"),
    (lambda: Architecture((1, 8, 8), 1, (Flatten(), Linear(1))), InputError, "classes"),
    (lambda: Architecture((1, 8, 8), 2, (Flatten(),)), InputError, "layers[-1]"),
    (lambda: Architecture((1, 8, 8), 2, ()), InputError, "layers[-1]"),
    (lambda: Architecture((1, 8, 8), 2, (Flatten(), Linear(3))), InputError, "layers[-1]"),
    (lambda: Architecture((1, 8, 8), 2, (Linear(2),)), LayerError, "layers[0].Linear"),
    (lambda: Architecture((1, 8, 8), 2, "deep"), LayerError, "layers"),
    (lambda: network(ReLU(), MaxPool2d(9)), LayerError, "layers[1].MaxPool2d"),
    (lambda: Architecture.from_dict([]), InputError, "architecture"),
    (lambda: Architecture.from_dict({"format": 2}), InputError, "format"),
    (lambda: Architecture.from_dict({"format": 1, "layer": []}), InputError, "layer"),
    (lambda: Architecture.from_dict({"format": 1, "layers": {}}), InputError, "layers"),
    (
        lambda: Architecture.from_dict(
            {"format": 1, "input_shape": [1, 8, 8], "classes": 2, "layers": [{"type": "Conv2d"}]}
        ),
        LayerError,
        "layers[0].Conv2d.out_channels",
    ),
]


@pytest.mark.parametrize(("make", "kind", "field"), WRONG)
def test_a_wrong_architecture_names_its_field(make: Any, kind: Any, field: str) -> None:
    with pytest.raises(kind) as caught:
        make()
    assert caught.value.field == field
    assert type(caught.value) is kind
