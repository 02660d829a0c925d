"""From an architecture to the source of a module that needs torch alone."""

from __future__ import annotations

from functools import singledispatch
from string import Template
from typing import TYPE_CHECKING

from space import Shape, layers
from space.errors import InputError

from .calls import Call, assigned, lines, quoted, text, unusual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from space import Architecture
    from trainers import Split


def module_source(architecture: Architecture, *, title: str, split: Split, accuracy: float) -> str:
    """Return the text of ``model.py``.

    Its state dict has the keys that `trainers.build_network` gives: ``layers.<index>.weight``.

    Args:
        architecture: What to build.
        title: The first line of the module's docstring.
        split: Where normalisation, class names and the number of validation images come from.
        accuracy: The recorded accuracy on the validation images.

    Raises:
        InputError: A layer has no source.
    """
    network = _network(architecture.layers, architecture.input_shape)
    return Template(text("model.txt")).substitute(
        title=title,
        input_shape=architecture.input_shape,
        classes=architecture.classes,
        class_names=assigned("CLASS_NAMES", [quoted(name) for name in split.class_names]),
        mean=assigned("MEAN", [repr(float(value)) for value in split.mean]),
        std=assigned("STD", [repr(float(value)) for value in split.std]),
        params=architecture.params,
        accuracy=repr(float(accuracy)),
        images=len(split.validation),
        residual=text("residual.txt") if "Residual(" in network else "",
        squeeze_excite=text("squeeze_excite.txt") if "SqueezeExcite(" in network else "",
        layers=network,
    )


def _network(chain: Sequence[layers.Layer], shape: Shape) -> str:
    return "\n".join(line for call in _calls(chain, shape) for line in lines(call, indent=12))


def _calls(chain: Sequence[layers.Layer], shape: Shape) -> tuple[Call, ...]:
    calls = []
    for layer in chain:
        after = layer.output_shape(shape)
        params = layer.params(shape)
        call = _call(layer, shape)
        comment = f"{after}, {params:,} params" if params else str(after)
        calls.append(Call(call.function, call.arguments, comment))
        shape = after
    return tuple(calls)


@singledispatch
def _call(layer: layers.Layer, shape: Shape) -> Call:
    raise InputError("layers", f"a layer must have a source to be exported at {shape}", layer)


@_call.register
def _(layer: layers.Activation, _shape: Shape) -> Call:
    return Call(f"nn.{type(layer).__name__}")


@_call.register
def _(layer: layers.Conv2d, shape: Shape) -> Call:
    padding = '"same"' if layer.padding == "same" else str(layer.padding)
    options = {
        "stride": (str(layer.stride), "1"),
        "padding": (padding, "0"),
        "dilation": (str(layer.dilation), "1"),
        "groups": (str(layer.groups), "1"),
        "bias": (str(layer.bias), "True"),
    }
    sizes = (str(shape[0]), str(layer.out_channels), str(layer.kernel_size))
    return Call("nn.Conv2d", (*sizes, *unusual(options)))


@_call.register
def _(layer: layers.Linear, shape: Shape) -> Call:
    options = {"bias": (str(layer.bias), "True")}
    return Call("nn.Linear", (str(shape[0]), str(layer.out_features), *unusual(options)))


@_call.register
def _(_layer: layers.BatchNorm2d, shape: Shape) -> Call:
    return Call("nn.BatchNorm2d", (str(shape[0]),))


@_call.register(layers.MaxPool2d)
@_call.register(layers.AvgPool2d)
def _(layer: layers.MaxPool2d | layers.AvgPool2d, _shape: Shape) -> Call:
    options = {
        "stride": (str(layer.step), str(layer.kernel_size)),
        "padding": (str(layer.padding), "0"),
    }
    return Call(f"nn.{type(layer).__name__}", (str(layer.kernel_size), *unusual(options)))


@_call.register
def _(layer: layers.Dropout, _shape: Shape) -> Call:
    return Call("nn.Dropout", (repr(layer.p),))


@_call.register
def _(_layer: layers.Flatten, _shape: Shape) -> Call:
    return Call("nn.Flatten")


@_call.register
def _(_layer: layers.GlobalAvgPool2d, _shape: Shape) -> Call:
    return Call("nn.Sequential", (Call("nn.AdaptiveAvgPool2d", ("1",)), Call("nn.Flatten")))


@_call.register
def _(layer: layers.Composite, shape: Shape) -> Call:
    return Call("nn.Sequential", _calls(layer.expand(shape), shape))


@_call.register
def _(layer: layers.Residual, shape: Shape) -> Call:
    ways = (layer.body, layer.shortcut)
    return Call("Residual", tuple(Call("nn.Sequential", _calls(way, shape)) for way in ways))


@_call.register
def _(layer: layers.SqueezeExcite, shape: Shape) -> Call:
    return Call("SqueezeExcite", (str(shape[0]), str(layer.squeeze_channels)))
