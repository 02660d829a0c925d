"""How much memory a training will take, from the architecture alone; torch is not loaded."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from space.layers import (
    BatchNorm2d,
    Composite,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    MaxPool2d,
    Residual,
    Shape,
    SqueezeExcite,
)

from .order import execution_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from space import Architecture

    from .recipe import Recipe

FLOAT, INDEX = 4, 8
# Numbers that an optimizer keeps for each weight.
_STATE = {"adadelta": 2, "adam": 2, "adamw": 2, "sgd": 1}
# What torch's first training takes for itself: code, kernels, buffers, and blocks of the heap.
BASE = 144 * 1024**2
# Gradients and workspaces come on top of what is kept, in blocks that fit less and less well; runs
# of the same training differ by a quarter. Both factors are from benchmarks/memory.py.
_GRADIENTS, _JUDGING = 1.8, 1.5


@dataclass(frozen=True, slots=True)
class _Step:
    """What one module of the network keeps for its gradient and works with, in bytes an image."""

    kept: int
    worked: int


def predict_memory(architecture: Architecture, recipe: Recipe, *, images: int = 0) -> int:
    """Return the bytes that training will take at its peak, beyond the process and the data set.

    Weights, gradients, the optimizer's state and averages; 1.8 times what a batch keeps for the
    backward pass; the batch that judges at the largest layer, which does not fit where the
    smaller blocks of training were freed; 144 MiB for torch. An upper estimate for a CPU, on which
    blocks once taken stay taken.

    Args:
        architecture: The network.
        recipe: Its batch size, optimizer, averaging and augmentation count.
        images: Of more than one channel, in train and validation part, that are laid out anew;
            0 for images in a file.
    """
    sizes = [FLOAT * prod(shape) for shape in architecture.shapes]
    steps = list(_steps(architecture.layers, architecture.input_shape))
    largest = max(step.worked for step in steps)
    inputs = sizes[0] * _input_copies(recipe)
    training = recipe.batch_size * (inputs + _GRADIENTS * sum(step.kept for step in steps))
    _, *sides = architecture.input_shape
    judging = _JUDGING * evaluation_batch(*sides) * (sizes[0] + largest)
    copies = 2 + _STATE[recipe.optimizer] + (2 if recipe.ema else 0)
    weights = copies * FLOAT * architecture.params + 2 * FLOAT * _largest_params(architecture)
    data = images * prod(architecture.input_shape) if architecture.input_shape[0] > 1 else 0
    return round(training + judging) + weights + data + BASE


def evaluation_batch(height: int, width: int) -> int:
    """Return a batch to judge by: large, but of images large in themselves fewer."""
    return max(16, min(1024, 800_000 // (height * width)))


def _input_copies(recipe: Recipe) -> int:
    """Bytes, floats and normalised floats, and a copy for each change of the floats."""
    return 3 + sum(name in recipe.augment for name in ("auto", "rotate", "cutout", "mixup"))


def _largest_params(architecture: Architecture) -> int:
    pairs = zip(architecture.layers, architecture.shapes, strict=False)
    return max(layer.params(shape) for layer, shape in pairs)


def _steps(layers: Sequence[Layer], shape: Shape) -> Iterator[_Step]:
    for index in execution_order(layers):
        layer = layers[index]
        yield from _of(layer, shape)
        shape = layer.output_shape(shape)


def _of(layer: Layer, shape: Shape) -> Iterator[_Step]:
    out = layer.output_shape(shape)
    before, after = FLOAT * prod(shape), FLOAT * prod(out)
    if isinstance(layer, Residual):
        yield from _steps(layer.body, shape)
        yield from _steps(layer.shortcut, shape)
    elif isinstance(layer, Composite):
        yield from _steps(layer.expand(shape), shape)
        return
    kept = after
    if isinstance(layer, MaxPool2d):
        kept += INDEX * prod(out)
    if isinstance(layer, (Dropout, BatchNorm2d, SqueezeExcite)):
        kept += after  # the mask, or the map before
    if isinstance(layer, Flatten):
        kept = after  # channels last lie otherwise than a vector
    # A convolution may lay out its input and its output anew.
    worked = before + after if not isinstance(layer, Conv2d) else 2 * (before + after)
    yield _Step(kept, worked)
