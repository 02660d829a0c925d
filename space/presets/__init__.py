"""Known networks, and spaces around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, final

from ..search_space import SearchSpace
from . import documents, stacks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..architecture import Architecture
    from ..layers import Shape
    from .documents import Document

__all__ = ["PRESETS", "REFERENCES", "Preset"]

_IMAGENET: Shape = (3, 224, 224)
_CIFAR: Shape = (3, 32, 32)
_MICRO_BYTES = 64_000


@final
@dataclass(frozen=True, slots=True)
class Preset:
    """A space, and a known network in it."""

    document: Document
    """The ``space`` mapping of a job."""
    reference: Architecture
    limits: Mapping[str, Any] = field(default_factory=dict)

    def space(self) -> SearchSpace:
        """Return the space for images and classes as those of the reference."""
        return SearchSpace.from_dict(
            self.document,
            input_shape=self.reference.input_shape,
            classes=self.reference.classes,
            limits=self.limits,
        )


def _network(document: Document, shape: Shape, classes: int) -> Architecture:
    """Return the only network of a document without choices."""
    return SearchSpace.from_dict(document, input_shape=shape, classes=classes).build(())


REFERENCES: Mapping[str, Architecture] = MappingProxyType(
    {
        "keras-150": stacks.KERAS_150,
        "keras-mnist": stacks.KERAS_MNIST,
        "lenet5": stacks.LENET5,
        "micro": _network(documents.MICRO_32, _CIFAR, 10),
        "mobilenet-v2": _network(documents.MOBILENET_V2, _IMAGENET, 1000),
        "resnet18": _network(documents.RESNET18, _IMAGENET, 1000),
        "vgg11": _network(documents.VGG11, _IMAGENET, 1000),
    }
)
"""Known architectures by name.

``lenet5``: LeCun et al., "Gradient-based learning applied to document recognition", 1998, section
II.B, with every map of the second convolution connected to all six maps and plain averages as
pooling. ``keras-mnist`` and ``keras-150``: the plain stacks that courses on Keras train.
``vgg11``: Simonyan and Zisserman, 2014, table 1 A, with dropout once. ``resnet18`` and
``mobilenet-v2``: as torchvision builds them. ``micro``: ours, for microcontrollers.
"""

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "keras-mnist": Preset(documents.KERAS_MNIST, REFERENCES["keras-mnist"]),
        "lenet": Preset(documents.LENET, REFERENCES["lenet5"]),
        "micro": Preset(
            documents.MICRO,
            REFERENCES["micro"],
            {"weight_bytes": _MICRO_BYTES, "activation_bytes": _MICRO_BYTES},
        ),
        "mobilenet": Preset(documents.MOBILENET, REFERENCES["mobilenet-v2"]),
        "resnet": Preset(documents.RESNET, REFERENCES["resnet18"]),
        "vgg": Preset(documents.VGG, REFERENCES["vgg11"]),
    }
)
"""Spaces by name, each around a reference; ``micro`` keeps weights and activations below 64 kB."""
