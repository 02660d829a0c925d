"""The layers, as frozen values with closed formulas for shape, params and macs."""

from .base import Composite, Layer, LayerError, Reach, Shape
from .composites import DepthwiseSeparable, InvertedResidual, Residual
from .convolution import Conv2d
from .dense import Flatten, Linear
from .document import LAYERS, layer_from_dict, layer_to_dict
from .excitation import SqueezeExcite
from .pointwise import (
    GELU,
    Activation,
    BatchNorm2d,
    Dropout,
    Hardswish,
    ReLU,
    ReLU6,
    SiLU,
    Tanh,
)
from .pooling import AvgPool2d, GlobalAvgPool2d, MaxPool2d, Pool

__all__ = [
    "GELU",
    "LAYERS",
    "Activation",
    "AvgPool2d",
    "BatchNorm2d",
    "Composite",
    "Conv2d",
    "DepthwiseSeparable",
    "Dropout",
    "Flatten",
    "GlobalAvgPool2d",
    "Hardswish",
    "InvertedResidual",
    "Layer",
    "LayerError",
    "Linear",
    "MaxPool2d",
    "Pool",
    "ReLU",
    "ReLU6",
    "Reach",
    "Residual",
    "Shape",
    "SiLU",
    "SqueezeExcite",
    "Tanh",
    "layer_from_dict",
    "layer_to_dict",
]
