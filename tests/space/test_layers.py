from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from space import Conv2d, LayerError, Shape
from space.layers import (
    LAYERS,
    BatchNorm2d,
    DepthwiseSeparable,
    Dropout,
    GlobalAvgPool2d,
    InvertedResidual,
    Layer,
    Linear,
    MaxPool2d,
    Pool,
    ReLU,
    Residual,
    SqueezeExcite,
    layer_from_dict,
    layer_to_dict,
)
from tests.strategies import input_shapes, map_layers


@st.composite
def applied(draw: st.DrawFn) -> tuple[Layer, Shape]:
    shape = draw(input_shapes())
    return draw(map_layers(shape)), shape


def positions(side: int, extent: int, stride: int, padding: int) -> int:
    """Slide the window and count, in place of the closed formula."""
    return len(range(-padding, side + padding - extent + 1, stride))


@given(applied())
def test_sides_are_the_positions_of_the_window(pair: tuple[Layer, Shape]) -> None:
    layer, shape = pair
    sides = layer.output_shape(shape)[1:]
    if isinstance(layer, Conv2d) and layer.padding != "same":
        window = ((layer.kernel_size - 1) * layer.dilation + 1, layer.stride, layer.padding)
        assert sides == tuple(positions(side, *window) for side in shape[1:])
    elif isinstance(layer, Pool):
        window = (layer.kernel_size, layer.stride or layer.kernel_size, layer.padding)
        assert sides == tuple(positions(side, *window) for side in shape[1:])
    elif isinstance(layer, Conv2d):
        assert sides == shape[1:]


@given(applied())
def test_formula_and_params_agree(pair: tuple[Layer, Shape]) -> None:
    layer, shape = pair
    text = layer.formula(shape).replace("·", "*")
    assert (eval(text) if text else 0) == layer.params(shape)


@given(applied())
def test_a_layer_survives_its_document(pair: tuple[Layer, Shape]) -> None:
    layer, _ = pair
    assert layer_from_dict(layer_to_dict(layer)) == layer


@given(applied())
def test_peak_holds_at_least_input_and_output_once(pair: tuple[Layer, Shape]) -> None:
    layer, (channels, height, width) = pair
    out = layer.output_shape((channels, height, width))
    alive = layer.peak((channels, height, width))
    assert alive >= max(channels * height * width, out[0] * out[1] * out[2])


def test_costs_of_a_residual_by_hand() -> None:
    body = (Conv2d(8, 3, padding=1, bias=False), BatchNorm2d(), ReLU(), Conv2d(8, 3, padding=1))
    block, shape = Residual(body, (Conv2d(8, 1),)), (4, 10, 10)
    assert block.output_shape(shape) == (8, 10, 10)
    assert block.params(shape) == 9 * 4 * 8 + 2 * 8 + (9 * 8 + 1) * 8 + (4 + 1) * 8
    assert block.macs(shape) == (9 * 4 * 8 + 9 * 8 * 8 + 4 * 8) * 100
    assert block.depth(shape) == 2
    # While the second convolution runs: the kept input, its own input and its output.
    assert block.peak(shape) == 400 + 800 + 800
    # A body that starts in place must not spoil the input that the shortcut still needs.
    assert Residual((ReLU(),)).peak(shape) == 800


def test_costs_of_a_depthwise_separable_by_hand() -> None:
    block = DepthwiseSeparable(16, 3, stride=2, padding=1, between=(BatchNorm2d(), ReLU()))
    assert block.output_shape((8, 9, 9)) == (16, 5, 5)
    assert block.params((8, 9, 9)) == (9 + 1) * 8 + 2 * 8 + (8 + 1) * 16
    assert block.macs((8, 9, 9)) == (9 * 8 + 8 * 16) * 25
    assert block.depth((8, 9, 9)) == 2
    assert block.reach((8, 9, 9)) == (3, 2)


def test_costs_of_an_inverted_residual_by_hand() -> None:
    both = (BatchNorm2d(), ReLU())
    sizes = {"expansion": 2, "squeeze": 4, "bias": False}
    block = InvertedResidual(8, 3, between=both, behind=(BatchNorm2d(),), **sizes)
    wide, squeezed, places = 16, 4, 25
    gate = (wide + 1) * squeezed + (squeezed + 1) * wide
    norms = 2 * wide + 2 * wide + 2 * 8
    assert block.output_shape((8, 5, 5)) == (8, 5, 5)
    assert block.params((8, 5, 5)) == 8 * wide + 9 * wide + wide * 8 + norms + gate
    assert block.macs((8, 5, 5)) == (8 * wide + 9 * wide + wide * 8) * places + 2 * wide * squeezed
    # Three convolutions and the two layers of the gate stand one behind the other.
    assert block.depth((8, 5, 5)) == 5
    # The kept input, and the depthwise convolution's input and output.
    assert block.peak((8, 5, 5)) == (8 + wide + wide) * places
    # With other channels before it there is nothing to add the input to.
    assert isinstance(block.expand((8, 5, 5))[0], Residual)
    assert len(block.expand((4, 5, 5))) == 9


WRONG: list[tuple[Any, str, str]] = [
    (lambda: Conv2d(0, 3), "Conv2d.out_channels", "whole number of at least 1"),
    (lambda: Conv2d(8, 3.0), "Conv2d.kernel_size", "whole number"),
    (lambda: Conv2d(True, 3), "Conv2d.out_channels", "whole number"),
    (lambda: Conv2d(8, 3, padding="full"), "Conv2d.padding", "whole number of at least 0"),
    (lambda: Conv2d(8, 3, 2, "same"), "Conv2d.stride", "`padding='same'` needs `stride == 1`"),
    (lambda: Conv2d(9, 3, groups=2), "Conv2d.groups", "`out_channels % groups == 0` must hold"),
    (lambda: Conv2d(10, 3, groups=5).params((24, 8, 8)), "Conv2d", "`in_channels % groups == 0`"),
    (lambda: Conv2d(8, 5).output_shape((1, 4, 9)), "Conv2d", "the window must fit"),
    (lambda: Conv2d(8, 3).output_shape((16,)), "Conv2d", "must be a map"),
    (lambda: MaxPool2d(2).output_shape((3, 1, 8)), "MaxPool2d", "the window must fit"),
    (lambda: MaxPool2d(3, padding=2), "MaxPool2d.padding", "`2·padding <= kernel_size`"),
    (lambda: GlobalAvgPool2d().output_shape((3,)), "GlobalAvgPool2d", "must be a map"),
    (lambda: Linear(3).params((1, 2, 3)), "Linear", "must be a vector"),
    (lambda: SqueezeExcite(0), "SqueezeExcite.squeeze_channels", "at least 1"),
    (lambda: SqueezeExcite(4).params((8,)), "SqueezeExcite", "must be a map"),
    (lambda: InvertedResidual(8, 4), "InvertedResidual.kernel_size", "must be odd"),
    (lambda: InvertedResidual(8, 3, expansion=0), "InvertedResidual.expansion", "at least 1"),
    (lambda: InvertedResidual(8, 3, between=(3,)), "InvertedResidual.between[0]", "layers only"),
    (lambda: Dropout(1.0), "Dropout.p", "`0 <= p < 1` must hold"),
    (lambda: Residual(()), "Residual.body", "must hold a layer"),
    (lambda: Residual((ReLU(), 3)), "Residual.body[1]", "layers only"),
    (lambda: Residual((Conv2d(8, 3),)).output_shape((8, 5, 5)), "Residual", "the same shape"),
    (
        lambda: Residual((ReLU(), Conv2d(8, 9))).output_shape((8, 5, 5)),
        "Residual.body[1].Conv2d",
        "the window must fit",
    ),
    (lambda: layer_from_dict({"type": "Conv2D"}), "type", "must be known"),
    (lambda: layer_from_dict({"type": "Linear"}), "Linear.out_features", "must be given"),
    (lambda: layer_from_dict({"type": "Flatten", "dim": 1}), "Flatten.dim", "must be known"),
    (
        lambda: layer_from_dict({"type": "Residual", "body": [{"type": "Conv2d"}]}),
        "Residual.body[0].Conv2d.out_channels",
        "must be given",
    ),
]


@pytest.mark.parametrize(("make", "field", "rule"), WRONG)
def test_a_wrong_layer_names_field_rule_and_values(make: Any, field: str, rule: str) -> None:
    with pytest.raises(LayerError) as caught:
        make()
    assert caught.value.field == field
    assert rule in caught.value.rule


def test_every_layer_has_a_word_in_documents() -> None:
    def finals(kind: type[Layer]) -> set[str]:
        below = kind.__subclasses__()
        return set().union(*map(finals, below)) if below else {kind.__name__}

    assert {kind.__name__ for kind in LAYERS.values()} == finals(Layer)
