"""Hypothesis strategies for architectures and search spaces; importable without torch."""

from __future__ import annotations

from math import prod
from typing import Any

from hypothesis import assume, reject
from hypothesis import strategies as st

from space import Architecture, InputError, SearchSpace
from space.blocks import OPS
from space.layers import (
    GELU,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    DepthwiseSeparable,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Hardswish,
    InvertedResidual,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    ReLU6,
    Residual,
    Shape,
    SiLU,
    SqueezeExcite,
    Tanh,
)

ACTIVATIONS = (ReLU(), ReLU6(), SiLU(), Hardswish(), GELU(), Tanh())


def input_shapes(largest: int = 12) -> st.SearchStrategy[Shape]:
    sides = st.integers(1, largest)
    return st.tuples(st.integers(1, 4), sides, sides)


@st.composite
def convolutions(draw: st.DrawFn, shape: Shape, *, groups: bool = True) -> Conv2d:
    channels, *sides = shape
    padding = draw(st.integers(0, 3))
    kernel = draw(st.integers(1, min(5, min(sides) + 2 * padding)))
    room = (min(sides) + 2 * padding - 1) // max(kernel - 1, 1)
    split = [g for g in range(1, channels + 1) if channels % g == 0] if groups else [1]
    parts = draw(st.sampled_from(split))
    common = {"groups": parts, "bias": draw(st.booleans())}
    if draw(st.integers(0, 4)) == 0:
        return Conv2d(parts * draw(st.integers(1, 3)), kernel, padding="same", **common)
    return Conv2d(
        parts * draw(st.integers(1, 3)),
        kernel,
        stride=draw(st.integers(1, 3)),
        padding=padding,
        dilation=draw(st.integers(1, max(1, min(3, room)))),
        **common,
    )


@st.composite
def pools(draw: st.DrawFn, shape: Shape) -> Layer:
    kernel = draw(st.integers(1, min(4, *shape[1:])))
    stride = draw(st.none() | st.integers(1, 3))
    kind = draw(st.sampled_from([MaxPool2d, AvgPool2d]))
    return kind(kernel, stride, draw(st.integers(0, kernel // 2)))


@st.composite
def residuals(draw: st.DrawFn, shape: Shape) -> Residual:
    body = draw(st.lists(st.sampled_from([*ACTIVATIONS, BatchNorm2d()]), max_size=2))
    kernel, stride = draw(st.sampled_from([1, 3, 5])), draw(st.integers(1, 2))
    out = draw(st.integers(1, 6))
    body = [*body, Conv2d(out, kernel, stride, padding=kernel // 2, bias=draw(st.booleans()))]
    same = stride == 1 and out == shape[0] and draw(st.booleans())
    return Residual(tuple(body), () if same else (Conv2d(out, 1, stride),))


@st.composite
def separables(draw: st.DrawFn, shape: Shape) -> DepthwiseSeparable:
    plain = draw(convolutions(shape, groups=False))
    between = draw(st.lists(st.sampled_from([BatchNorm2d(), ReLU()]), max_size=2))
    window = (plain.kernel_size, plain.stride, plain.padding, plain.dilation)
    return DepthwiseSeparable(plain.out_channels, *window, plain.bias, tuple(between))


@st.composite
def inverted_residuals(draw: st.DrawFn) -> InvertedResidual:
    kernel, stride = draw(st.sampled_from([1, 3, 5])), draw(st.integers(1, 2))
    sizes = (draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(0, 3)))
    between = draw(st.lists(st.sampled_from([BatchNorm2d(), ReLU6()]), max_size=2))
    behind = draw(st.lists(st.just(BatchNorm2d()), max_size=1))
    out, bias = draw(st.integers(1, 6)), draw(st.booleans())
    return InvertedResidual(out, kernel, stride, *sizes, bias, tuple(between), tuple(behind))


def map_layers(shape: Shape) -> st.SearchStrategy[Layer]:
    """Any layer that can be applied to a map of this shape and gives a map."""
    return st.one_of(
        convolutions(shape),
        pools(shape),
        residuals(shape),
        separables(shape),
        inverted_residuals(),
        st.builds(SqueezeExcite, st.integers(1, 4)),
        st.sampled_from([*ACTIVATIONS, BatchNorm2d()]),
        st.builds(Dropout, st.sampled_from([0, 0.0, 0.25, 0.5])),
    )


@st.composite
def architectures(draw: st.DrawFn, *, most_layers: int = 6, largest: int = 12) -> Architecture:
    """Any architecture with up to `most_layers` layers on the map and up to two hidden layers."""
    shape = input_shape = draw(input_shapes(largest))
    layers: list[Layer] = []
    for _ in range(draw(st.integers(0, most_layers))):
        layers.append(draw(map_layers(shape)))
        shape = layers[-1].output_shape(shape)
    layers += draw(
        st.sampled_from([(Flatten(),), (GlobalAvgPool2d(),), (GlobalAvgPool2d(), Flatten())])
    )
    for _ in range(draw(st.integers(0, 2))):
        hidden = Linear(draw(st.integers(1, 8)), bias=draw(st.booleans()))
        layers += [hidden, draw(st.sampled_from([*ACTIVATIONS, Dropout(0.5)]))]
    classes = draw(st.integers(2, 5))
    return Architecture(input_shape, classes, (*layers, Linear(classes)))


def _some(choices: list[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(choices), min_size=1, max_size=most, unique=True)


def _unique_widths() -> st.SearchStrategy[list[list[int]]]:
    return st.sampled_from([[[]], [[4]], [[], [4]], [[4], [4, 3]]])


@st.composite
def stage_documents(draw: st.DrawFn) -> dict[str, Any]:
    fields: dict[str, st.SearchStrategy[list[Any]]] = {
        "repeat": _some([0, 1, 2]).filter(any),
        "op": _some(sorted(OPS)),
        "filters": _some([2, 3, 4, 6]),
        "kernel": _some([1, 3]),
        "stride": _some([1, 2]),
        "padding": _some(["same", "valid"]),
        "dilation": _some([1, 2]),
        "groups": _some([1, 2]),
        "reduce": _some([2, 4]),
        "expand": _some([1, 2]),
        "squeeze": _some([0, 2]),
        "norm": _some(["batch", "none"]),
        "activation": _some(["relu", "tanh"]),
        "pool": _some(["none", "max", "avg", "max3/2", "max3/2+1"]),
        "dropout": _some([0.0, 0.5]),
        "per_layer": st.lists(
            st.sampled_from(["op", "filters", "kernel"]), min_size=1, unique=True
        ),
    }
    given = draw(st.lists(st.sampled_from(sorted(fields)), max_size=4, unique=True))
    return {field: draw(fields[field]) for field in sorted({"filters", *given})}


@st.composite
def space_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Any `space` mapping with up to two stages and few choices a field."""
    head = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "pool": _some(["flatten", "global_avg"]),
                "hidden": _unique_widths(),
                "dropout": _some([0.0, 0.25]),
            },
        )
    )
    document = {"stages": draw(st.lists(stage_documents(), min_size=1, max_size=2)), "head": head}
    return document | draw(st.sampled_from([{}, {"growing": True}]))


@st.composite
def spaces(draw: st.DrawFn, *, most_points: int = 1500) -> SearchSpace:
    """A search space over small images without limits, with few enough points to try them all."""
    document, side = draw(space_documents()), draw(st.integers(3, 8))
    try:
        space = SearchSpace.from_dict(document, input_shape=(1, side, side), classes=2)
    except InputError:
        # No choice fits such a small image.
        reject()
    assume(prod(len(dimension.choices) for dimension in space.dimensions) <= most_points)
    return space
