"""A concrete network: an immutable description, not a module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any, final

from .canonical import canonical, fingerprint
from .errors import InputError, closest
from .layers import Layer, LayerError, Linear, Shape, layer_from_dict, layer_to_dict
from .layers.base import along, chain_reach, chain_shapes
from .layers.composites import check_layers

FORMAT = 1
"""The version of the document that `Architecture.to_dict` writes."""

FLOAT_BYTES = 4
"""Bytes of one number in float32."""


@final
@dataclass(frozen=True)
class Architecture:
    """A network for images of one shape, ending in one number for each class.

    Raises:
        LayerError: A layer cannot be applied to the shape before it, with its place in the field.
        InputError: The input shape, the class count or the last layer breaks a rule.
    """

    input_shape: Shape
    """``(C, H, W)`` of one image."""
    classes: int
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "input_shape", check_input_shape(self.input_shape))
        object.__setattr__(self, "layers", check_layers("layers", self.layers))
        check_classes(self.classes)
        _ = self.shapes
        last = self.layers[-1] if self.layers else None
        if not (isinstance(last, Linear) and last.out_features == self.classes):
            raise InputError("layers[-1]", f"the last layer must be Linear({self.classes})", last)

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The input shape, then the shape after each layer."""
        try:
            return chain_shapes(self.layers, self.input_shape)
        except LayerError as error:
            raise error.inside("layers") from None

    @cached_property
    def params(self) -> int:
        """Trainable numbers."""
        return sum(layer.params(at) for layer, at in along(self.layers, self.input_shape))

    @cached_property
    def macs(self) -> int:
        """Multiply-adds of one image, bias and normalisation not counted."""
        return sum(layer.macs(at) for layer, at in along(self.layers, self.input_shape))

    @property
    def weight_bytes(self) -> int:
        """Bytes of the trainable numbers in float32."""
        return FLOAT_BYTES * self.params

    @cached_property
    def activation_bytes(self) -> int:
        """Bytes of the activations alive at once at the peak: one image, float32, weights apart.

        A layer holds its input and its output; activations, normalisation and dropout work in
        place, flattening moves nothing, and a residual keeps its input until the sum. Layers that
        change nothing are left out, so that descriptions of the same network need the same.
        """
        layers = canonical(self.layers, self.input_shape)
        peaks = (layer.peak(at) for layer, at in along(layers, self.input_shape))
        return FLOAT_BYTES * max(peaks)

    @cached_property
    def depth(self) -> int:
        """Convolutions and linear layers one behind the other."""
        return sum(layer.depth(at) for layer, at in along(self.layers, self.input_shape))

    @cached_property
    def receptive_field(self) -> int:
        """Side of the square of pixels that one unit of the last map sees; may pass the image.

        Strides without effect do not count, nor does a mean over the whole map behind it.
        """
        onto_map = takewhile(
            lambda pair: len(pair[1]) == 3, zip(self.layers, self.shapes[1:], strict=True)
        )
        layers = canonical((layer for layer, _ in onto_map), self.input_shape)
        return chain_reach(layers, self.input_shape).extent

    @cached_property
    def fingerprint(self) -> str:
        """Identity: equal for two descriptions that build the same network."""
        return fingerprint(self.input_shape, self.classes, self.layers)

    def to_dict(self) -> dict[str, Any]:
        """Return the architecture as a document for JSON."""
        return {
            "format": FORMAT,
            "input_shape": list(self.input_shape),
            "classes": self.classes,
            "layers": [layer_to_dict(layer) for layer in self.layers],
        }

    @staticmethod
    def from_dict(document: object) -> Architecture:
        """Return the architecture that `to_dict` wrote.

        Raises:
            InputError: The document is not of this format, or describes no network.
        """
        return _read(document)


def check_input_shape(shape: object) -> Shape:
    """Return ``shape`` as ``(C, H, W)`` of whole numbers from 1."""
    given = tuple(shape) if isinstance(shape, tuple | list) else ()
    if len(given) != 3 or not all(type(side) is int and side >= 1 for side in given):
        rule = "the input shape must be three whole numbers (C, H, W) from 1"
        raise InputError("input_shape", rule, shape)
    return given


def check_classes(classes: object) -> None:
    """Raise unless ``classes`` is a whole number from 2."""
    if type(classes) is not int or classes < 2:
        raise InputError("classes", "there must be at least 2 classes, as a whole number", classes)


def _read(document: object) -> Architecture:
    if not isinstance(document, Mapping):
        raise InputError("architecture", "an architecture must be a mapping", document)
    known = ("format", "input_shape", "classes", "layers")
    for name in document:
        if name not in known:
            raise InputError(str(name), "the field must be known", name, closest(name, known))
    if document.get("format") != FORMAT:
        rule = f"the format must be {FORMAT}"
        raise InputError("format", rule, document.get("format"), "A newer sizewise may read it.")
    layers = document.get("layers")
    if not isinstance(layers, list):
        raise InputError("layers", "the layers must be a list", layers)
    return Architecture(
        check_input_shape(document.get("input_shape")),
        document.get("classes"),  # type: ignore[arg-type] # the constructor checks it
        tuple(_layer(place, layer) for place, layer in enumerate(layers)),
    )


def _layer(place: int, document: object) -> Layer:
    try:
        return layer_from_dict(document)
    except LayerError as error:
        raise error.inside(f"layers[{place}]") from None
