"""Stacks that are older than the language: layers one behind the other."""

from __future__ import annotations

from ..architecture import Architecture
from ..layers import (
    AvgPool2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Tanh,
)


def _stack(*layers: Layer, activation: Layer) -> tuple[Layer, ...]:
    """Put the activation behind every layer with weights but the last."""
    followed = [
        (each, activation) if isinstance(each, Conv2d | Linear) else (each,) for each in layers
    ]
    return tuple(layer for pair in followed for layer in pair)[:-1]


LENET5 = Architecture(
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

KERAS_MNIST = Architecture(
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

KERAS_150 = Architecture(
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
