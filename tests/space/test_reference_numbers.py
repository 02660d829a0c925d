"""Numbers that are known from outside and that every version must reproduce."""

from __future__ import annotations

from math import prod

import pytest

from space import Architecture, Conv2d
from space.layers import Linear, MaxPool2d, Pool
from space.presets import REFERENCES

WEIGHTED = (Conv2d, Linear)


def weights(architecture: Architecture) -> list[int]:
    pairs = zip(architecture.layers, architecture.shapes, strict=False)
    return [layer.params(shape) for layer, shape in pairs if isinstance(layer, WEIGHTED)]


def maps(architecture: Architecture) -> list[tuple[int, ...]]:
    pairs = zip(architecture.layers, architecture.shapes[1:], strict=True)
    return [shape for layer, shape in pairs if isinstance(layer, Conv2d | Pool)]


def test_ten_filters() -> None:
    filters = Conv2d(10, 3)
    assert filters.params((3, 32, 32)) == 280
    assert filters.formula((3, 32, 32)) == "(3·3·3+1)·10"


def test_lenet5() -> None:
    lenet = REFERENCES["lenet5"]
    assert maps(lenet) == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5)]
    assert [prod(shape) for shape in maps(lenet)] == [4704, 1176, 1600, 400]
    assert weights(lenet) == [156, 2416, 48120, 10164, 850]
    assert lenet.params == 61_706
    assert lenet.weight_bytes == 246_824
    # The first pooling holds its input and its output: 4704 + 1176 numbers of four bytes.
    assert lenet.activation_bytes == 4 * (4704 + 1176)
    assert lenet.macs == 117_600 + 240_000 + 48_000 + 10_080 + 840
    assert lenet.depth == 5
    # 5, then 6, then 6 + 4·2, then 14 + 1·2.
    assert lenet.receptive_field == 16


def test_keras_150() -> None:
    stack = REFERENCES["keras-150"]
    assert weights(stack) == [320, 9248, 18496, 36928, 8_389_120, 5130]
    assert stack.params == 8_459_242
    assert [shape[1] for shape in maps(stack)] == [148, 74, 72, 36, 34, 32, 16]


def test_keras_mnist() -> None:
    stack = REFERENCES["keras-mnist"]
    assert weights(stack) == [320, 18496, 991_360, 1290]
    assert stack.params == 1_011_466


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(Conv2d(1, 3), (1, 3, 3)), (Conv2d(1, 3, stride=2), (1, 2, 2)), (MaxPool2d(2, 1), (1, 4, 4))],
)
def test_windows_over_a_five_by_five_image(
    layer: Conv2d | MaxPool2d, shape: tuple[int, ...]
) -> None:
    assert layer.output_shape((1, 5, 5)) == shape


def test_pooling_the_edge_map_leaves_two_by_two() -> None:
    assert MaxPool2d(2, stride=1).output_shape((1, 3, 3)) == (1, 2, 2)
