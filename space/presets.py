"""Reference architectures with numbers that are known from papers and courses."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .architecture import Architecture
from .layers import AvgPool2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Tanh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .layers import Layer


def _stack(*layers: Layer, activation: Layer) -> tuple[Layer, ...]:
    """Put the activation behind every layer with weights but the last."""
    followed = [
        (each, activation) if isinstance(each, Conv2d | Linear) else (each,) for each in layers
    ]
    return tuple(layer for pair in followed for layer in pair)[:-1]


_LENET5 = Architecture(
    (1, 32, 32),
    10,
    _stack(
        Conv2d(6, 5),
        AvgPool2d(2),
        Conv2d(16, 5),
        AvgPool2d(2),
        Flatten(),
        Linear(120),
        Linear(84),
        Linear(10),
        activation=Tanh(),
    ),
)

_KERAS_MNIST = Architecture(
    (1, 28, 28),
    10,
    _stack(
        Conv2d(32, 3),
        MaxPool2d(2),
        Conv2d(64, 3),
        Dropout(0.25),
        Flatten(),
        Linear(128),
        Dropout(0.5),
        Linear(10),
        activation=ReLU(),
    ),
)

_KERAS_150 = Architecture(
    (1, 150, 150),
    10,
    _stack(
        Conv2d(32, 3),
        MaxPool2d(2),
        Conv2d(32, 3),
        MaxPool2d(2),
        Conv2d(64, 3),
        Conv2d(64, 3),
        MaxPool2d(2),
        Dropout(0.25),
        Flatten(),
        Linear(512),
        Linear(10),
        activation=ReLU(),
    ),
)

REFERENCES: Mapping[str, Architecture] = MappingProxyType(
    {"keras-150": _KERAS_150, "keras-mnist": _KERAS_MNIST, "lenet5": _LENET5}
)
"""Known architectures by name.

``lenet5``: LeCun et al., "Gradient-based learning applied to document recognition", 1998, section
II.B, with every map of the second convolution connected to all six maps and plain averages as
pooling. ``keras-mnist`` and ``keras-150``: the plain stacks that courses on Keras train.
"""

SPACES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "digits": {
            "stages": [
                {
                    "repeat": [1, 2],
                    "filters": [4, 8, 16],
                    "kernel": [3, 5],
                    "pool": ["none", "max"],
                },
                {
                    "repeat": [0, 1, 2],
                    "op": ["conv", "depthwise", "residual"],
                    "filters": [8, 16, 32],
                    "kernel": [1, 3],
                    "stride": [1, 2],
                    "pool": ["none", "max"],
                },
            ],
            "head": {
                "pool": ["flatten", "global_avg"],
                "hidden": [[], [32]],
                "dropout": [0.0, 0.25],
            },
        }
    }
)
"""Documents of search spaces by name, as `SearchSpace.from_dict` reads them.

``digits`` suits images of about 8 pixels a side: there it goes from 94 to 105,850 params.
"""
