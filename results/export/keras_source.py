"""From an architecture to the source of the same network in Keras 3, channels last."""

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


def keras_source(architecture: Architecture, *, title: str, split: Split, accuracy: float) -> str:
    """Return the text of ``model_keras.py``.

    A layer with weights is called by the key of torch's state dict, with ``_`` in place of the dot.

    Args:
        architecture: What to build.
        title: The first line of the module's docstring.
        split: Where normalisation, class names and the number of validation images come from.
        accuracy: The recorded accuracy on the validation images.

    Raises:
        InputError: A layer has no source.
    """
    calls = _chain(architecture.layers, architecture.input_shape, "layers")
    network = "\n".join(line for call in calls for line in lines(call, indent=8))
    padded = "pad_for_max(" in network
    return Template(text("keras.txt")).substitute(
        title=title,
        input_shape=_last(architecture.input_shape),
        class_names=assigned("CLASS_NAMES", [quoted(name) for name in split.class_names]),
        mean=assigned("MEAN", [repr(float(value)) for value in split.mean]),
        std=assigned("STD", [repr(float(value)) for value in split.std]),
        accuracy=repr(float(accuracy)),
        images=len(split.validation),
        import_math="import math\n" if padded else "",
        pad_for_max=text("keras_pad_for_max.txt") if padded else "",
        normalisation=text("keras_normalisation.txt") if "normalisation(" in network else "",
        residual=text("keras_residual.txt") if "residual(" in network else "",
        squeeze_excite=text("keras_squeeze_excite.txt") if "squeeze_excite(" in network else "",
        layers=network,
    )


def _last(shape: Shape) -> Shape:
    """Return the shape with channels last."""
    return (*shape[1:], shape[0])


def _chain(chain: Sequence[layers.Layer], shape: Shape, name: str) -> tuple[Call, ...]:
    """Return the steps of a chain; the last one of each layer tells its shape and params."""
    steps: list[Call] = []
    for place, layer in enumerate(chain):
        after, params = layer.output_shape(shape), layer.params(shape)
        *first, last = _steps(layer, shape, f"{name}_{place}")
        comment = f"{_last(after)}, {params:,} params" if params else str(_last(after))
        steps += [*first, Call(last.function, last.arguments, comment)]
        shape = after
    return tuple(steps)


@singledispatch
def _steps(layer: layers.Layer, shape: Shape, name: str) -> tuple[Call, ...]:
    rule = f"a layer must have a source in Keras to be exported at {shape} as {name}"
    raise InputError("layers", rule, layer)


_ACTIVATIONS: dict[type[layers.Activation], Call] = {
    layers.GELU: Call("layers.Activation", (quoted("gelu"),)),
    layers.Hardswish: Call("layers.Activation", (quoted("hard_swish"),)),
    layers.ReLU: Call("layers.ReLU"),
    layers.ReLU6: Call("layers.ReLU", ("max_value=6",)),
    layers.SiLU: Call("layers.Activation", (quoted("silu"),)),
    layers.Tanh: Call("layers.Activation", (quoted("tanh"),)),
}


@_steps.register
def _(layer: layers.Activation, _shape: Shape, _name: str) -> tuple[Call, ...]:
    return (_ACTIVATIONS[type(layer)],)


@_steps.register
def _(layer: layers.Conv2d, shape: Shape, name: str) -> tuple[Call, ...]:
    return (*_zeros(*_margins(layer)), _window(layer, shape[0], name), *_thinned(layer))


def _margins(layer: layers.Conv2d) -> tuple[int, int]:
    """Return the zeros before and behind: an odd one stands behind, as in torch."""
    if layer.padding != "same":
        return layer.padding, layer.padding
    zeros = layer.extent - 1
    return zeros // 2, zeros - zeros // 2


def _window(layer: layers.Conv2d, channels: int, name: str) -> Call:
    deep = layer.groups == channels > 1
    multiplier = layer.out_channels // channels
    options = {
        "depth_multiplier": (str(multiplier if deep else 1), "1"),
        "strides": (str(1 if _apart(layer) else layer.stride), "1"),
        "dilation_rate": (str(layer.dilation), "1"),
        "groups": (str(1 if deep else layer.groups), "1"),
        "use_bias": (str(layer.bias), "True"),
    }
    kind = "DepthwiseConv2D" if deep else "Conv2D"
    sizes = (str(layer.kernel_size),) if deep else (str(layer.out_channels), str(layer.kernel_size))
    return Call(f"layers.{kind}", (*sizes, *unusual(options), f"name={quoted(name)}"))


def _apart(layer: layers.Conv2d) -> bool:
    """Return whether Keras refuses the window: it has no stride together with dilation."""
    return layer.stride > 1 and layer.dilation > 1


def _thinned(layer: layers.Conv2d) -> tuple[Call, ...]:
    """Return what leaves one pixel in each square of the stride, where the window cannot."""
    if not _apart(layer):
        return ()
    return (Call("layers.MaxPooling2D", ("1", f"strides={layer.stride}")),)


def _zeros(before: int, behind: int) -> tuple[Call, ...]:
    if before == behind == 0:
        return ()
    both = f"(({before}, {behind}), ({before}, {behind}))"
    return (Call("layers.ZeroPadding2D", (str(before) if before == behind else both,)),)


@_steps.register
def _(layer: layers.Linear, _shape: Shape, name: str) -> tuple[Call, ...]:
    options = unusual({"use_bias": (str(layer.bias), "True")})
    return (Call("layers.Dense", (str(layer.out_features), *options, f"name={quoted(name)}")),)


@_steps.register
def _(_layer: layers.BatchNorm2d, _shape: Shape, name: str) -> tuple[Call, ...]:
    return (Call("normalisation", (f"name={quoted(name)}",)),)


@_steps.register
def _(layer: layers.MaxPool2d, _shape: Shape, _name: str) -> tuple[Call, ...]:
    # Zeros would win over what is negative, and torch pads with what never wins.
    padding = (Call("pad_for_max", (str(layer.padding),)),) if layer.padding else ()
    return (*padding, _pooling("MaxPooling2D", layer))


@_steps.register
def _(layer: layers.AvgPool2d, _shape: Shape, _name: str) -> tuple[Call, ...]:
    return (*_zeros(layer.padding, layer.padding), _pooling("AveragePooling2D", layer))


def _pooling(kind: str, layer: layers.MaxPool2d | layers.AvgPool2d) -> Call:
    options = unusual({"strides": (str(layer.step), str(layer.kernel_size))})
    return Call(f"layers.{kind}", (str(layer.kernel_size), *options))


@_steps.register
def _(layer: layers.Dropout, _shape: Shape, _name: str) -> tuple[Call, ...]:
    return (Call("layers.Dropout", (repr(layer.p),)),)


@_steps.register
def _(_layer: layers.Flatten, shape: Shape, _name: str) -> tuple[Call, ...]:
    flat = Call("layers.Flatten")
    # Torch reads channel by channel, and so do the weights of what follows.
    return (Call("layers.Permute", ("(3, 1, 2)",)), flat) if len(shape) == 3 else (flat,)


@_steps.register
def _(_layer: layers.GlobalAvgPool2d, _shape: Shape, _name: str) -> tuple[Call, ...]:
    return (Call("layers.GlobalAveragePooling2D"),)


@_steps.register
def _(layer: layers.Composite, shape: Shape, name: str) -> tuple[Call, ...]:
    return (Call("chain", _chain(layer.expand(shape), shape, name)),)


@_steps.register
def _(layer: layers.Residual, shape: Shape, name: str) -> tuple[Call, ...]:
    ways = {"body": layer.body, "shortcut": layer.shortcut}
    told = (Call("chain", _chain(way, shape, f"{name}_{side}")) for side, way in ways.items())
    return (Call("residual", tuple(told)),)


@_steps.register
def _(layer: layers.SqueezeExcite, _shape: Shape, name: str) -> tuple[Call, ...]:
    return (Call("squeeze_excite", (str(layer.squeeze_channels), f"name={quoted(name)}")),)
