"""Layers as plain dictionaries, for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from ..errors import closest
from .base import LayerError
from .composites import DepthwiseSeparable, InvertedResidual, Residual
from .convolution import Conv2d
from .dense import Flatten, Linear
from .excitation import SqueezeExcite
from .pointwise import GELU, BatchNorm2d, Dropout, Hardswish, ReLU, ReLU6, SiLU, Tanh
from .pooling import AvgPool2d, GlobalAvgPool2d, MaxPool2d

if TYPE_CHECKING:
    from .base import Layer

LAYERS: Mapping[str, type[Layer]] = {
    "AvgPool2d": AvgPool2d,
    "BatchNorm2d": BatchNorm2d,
    "Conv2d": Conv2d,
    "DepthwiseSeparable": DepthwiseSeparable,
    "Dropout": Dropout,
    "Flatten": Flatten,
    "GELU": GELU,
    "GlobalAvgPool2d": GlobalAvgPool2d,
    "Hardswish": Hardswish,
    "InvertedResidual": InvertedResidual,
    "Linear": Linear,
    "MaxPool2d": MaxPool2d,
    "ReLU": ReLU,
    "ReLU6": ReLU6,
    "Residual": Residual,
    "SiLU": SiLU,
    "SqueezeExcite": SqueezeExcite,
    "Tanh": Tanh,
}
"""The word that a document uses for each layer; a word stays as it is when a class is renamed."""

_WORDS = {kind: word for word, kind in LAYERS.items()}


def layer_to_dict(layer: Layer) -> dict[str, Any]:
    """Return ``{"type": word, ...}`` with every field of the layer written out."""
    # `fields` wants to know that the class is a dataclass, which every final layer is.
    values = {field.name: getattr(layer, field.name) for field in fields(layer)}  # type: ignore[arg-type]
    return {"type": _WORDS[type(layer)]} | {name: _encode(value) for name, value in values.items()}


def layer_from_dict(document: object) -> Layer:
    """Return the layer of a dictionary; fields that are left out take their defaults.

    Raises:
        LayerError: The word, a field or a value is not known.
    """
    if not isinstance(document, Mapping):
        raise LayerError("", "a layer must be a mapping with a `type`", document)
    word = document.get("type")
    rest = {name: value for name, value in document.items() if name != "type"}
    if not isinstance(word, str) or word not in LAYERS:
        raise LayerError("type", "the layer must be known", word, closest(word, LAYERS))
    known = {field.name: field for field in fields(LAYERS[word])}  # type: ignore[arg-type]
    for name in rest:
        if name not in known:
            raise LayerError(
                f"{word}.{name}", "the field must be known", name, closest(name, known)
            )
    for name, field in known.items():
        if name not in rest and field.default is MISSING:
            raise LayerError(f"{word}.{name}", "the field must be given", None)
    return LAYERS[word](**{name: _decode(f"{word}.{name}", v) for name, v in rest.items()})


def _encode(value: Any) -> Any:
    return [layer_to_dict(layer) for layer in value] if isinstance(value, tuple) else value


def _decode(field: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    layers = []
    for place, document in enumerate(value):
        try:
            layers.append(layer_from_dict(document))
        except LayerError as error:
            raise error.inside(f"{field}[{place}]") from None
    return tuple(layers)
