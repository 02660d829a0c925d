"""Studies with networks that were trained, or might have been, ready to be exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from results import weights_path
from space import Architecture, SearchSpace
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
    Linear,
    MaxPool2d,
    ReLU,
    ReLU6,
    Residual,
    SiLU,
    SqueezeExcite,
    Tanh,
)
from trainers import ImageData, build_network, evaluate, save_weights, split

from .samples import new_study, report, start

if TYPE_CHECKING:
    from results import Store
    from trainers import Split

SHAPE = (3, 12, 10)

# Every kind of layer, with windows, paddings and orders in which forms could differ: an even kernel
# that keeps the sides, strides with dilation, negative values under padded max pooling, padding
# counted in means, channels that become a vector.
VARIED = (
    (
        Conv2d(8, 4, padding="same", bias=False),
        BatchNorm2d(),
        Hardswish(),
        MaxPool2d(3, 2, 1),
        Conv2d(16, 3, padding=1, groups=8),
        GELU(),
        Residual((Conv2d(16, 3, padding=1, groups=16), BatchNorm2d(), Tanh())),
        AvgPool2d(3, 2, 1),
        Flatten(),
        Dropout(0.25),
        Linear(12),
        ReLU(),
        Linear(4, bias=False),
    ),
    (
        Conv2d(6, 3, stride=2, padding=3, dilation=2, groups=3),
        SiLU(),
        InvertedResidual(
            6, 3, squeeze=2, between=(BatchNorm2d(), ReLU6()), behind=(BatchNorm2d(),)
        ),
        InvertedResidual(9, 5, stride=2, expansion=3, bias=False),
        SqueezeExcite(2),
        MaxPool2d(2, 1),
        GlobalAvgPool2d(),
        Flatten(),
        Linear(4),
    ),
    (
        BatchNorm2d(),
        DepthwiseSeparable(12, 2, padding="same", dilation=3, between=(BatchNorm2d(), Tanh())),
        MaxPool2d(2, 3, 1),
        Residual((ReLU(), Conv2d(10, 3, stride=2, padding=1)), (Conv2d(10, 1, stride=2),)),
        AvgPool2d(2, 1),
        Residual((Residual((Conv2d(10, 1), GELU())), SqueezeExcite(3))),
        Conv2d(20, 1, groups=10),
        GlobalAvgPool2d(),
        Linear(4),
    ),
)

STAGE = {
    "repeat": [1, 2],
    "op": ["conv", "depthwise", "inverted", "residual"],
    "filters": [6, 12],
    "kernel": [3, 5],
    "stride": [1, 2],
    "norm": ["batch", "none"],
    "activation": ["relu", "silu", "hardswish", "tanh"],
    "squeeze": [0, 4],
    "pool": ["none", "max3/2+1", "avg"],
}
HEAD = {"pool": ["flatten", "global_avg"], "hidden": [[], [16]], "dropout": [0.0, 0.3]}


def varied_networks(count: int) -> list[Architecture]:
    """Return networks that cover every kind of layer, then some drawn from a space."""
    chosen = [Architecture(SHAPE, 4, layers) for layers in VARIED]
    document = {"stages": [STAGE, STAGE], "head": HEAD}
    space = SearchSpace.from_dict(document, input_shape=SHAPE, classes=4)
    rng = np.random.default_rng(5)
    while len(chosen) < count:
        drawn = space.build(space.sample(rng))
        chosen += [drawn] if drawn not in chosen else []
    return chosen[:count]


def noise() -> Split:
    """Return a split of noise, whose classes have names that need care in a source."""
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (600, *SHAPE), dtype=np.uint8)
    # Each channel has its own mean and spread, so that a mistaken normalisation shows.
    images[:, 1] = 100 + images[:, 1] // 8
    labels = np.arange(600, dtype=np.int64) % 4
    return split(ImageData("noise", images, labels, ("a", "it's", 'a "b"', "ü\n")), seed=1)


def study_of(store: Store, parts: Split) -> Any:
    return new_study(store, "noise", data={"name": "noise", "hash": parts.data_hash})


def trained(store: Store, parts: Split, layers: tuple[Any, ...], number: int = 0) -> float:
    """Leave a trial with weights that training might have left: no statistic is a default."""
    study_id = (store.study("noise") if store.studies() else study_of(store, parts)).id
    architecture = Architecture(SHAPE, 4, layers)
    network = build_network(architecture, seed=number)
    network.train()
    with torch.inference_mode():
        network(torch.randn(64, *SHAPE) * 2 + 1)
    accuracy = evaluate(network, parts.validation, parts).accuracy
    trial_id = store.start_trial(study_id, start(number, architecture))
    store.record_epoch(trial_id, report(1, accuracy))
    store.end_trial(trial_id, "finished", "trained for 1 epoch")
    save_weights(network, weights_path(store, "noise", number))
    return accuracy
