"""The parts of a network as values, and the words of the language that they are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ..layers import GELU, BatchNorm2d, Hardswish, Layer, ReLU, ReLU6, SiLU, Tanh

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTIVATIONS: Mapping[str, Layer] = {
    "gelu": GELU(),
    "hardswish": Hardswish(),
    "relu": ReLU(),
    "relu6": ReLU6(),
    "silu": SiLU(),
    "tanh": Tanh(),
}
NORMS: Mapping[str, tuple[Layer, ...]] = {"batch": (BatchNorm2d(),), "none": ()}

_POOL = re.compile(
    r"(?P<kind>max|avg)(?P<size>[1-9]\d*)?(?:/(?P<stride>[1-9]\d*))?(?:\+(?P<padding>[1-9]\d*))?"
)


@dataclass(frozen=True, slots=True)
class Block:
    """One layer of a stage, with its normalisation and activation; fields as `Stage` has them."""

    op: str
    filters: int
    kernel: int
    stride: int
    padding: str
    dilation: int
    groups: int
    reduce: int
    expand: int
    squeeze: int
    norm: str
    activation: str
    growing: bool
    """Whether the block must not give fewer channels than it takes."""


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands once behind the layers of a stage."""

    pool: str
    dropout: float


@dataclass(frozen=True, slots=True)
class Top:
    """From the last map to the classes."""

    pool: str
    hidden: tuple[int, ...]
    activation: str
    dropout: float
    classes: int


Part: TypeAlias = Block | Tail | Top


class Window(NamedTuple):
    """A pooling window, as its word tells it."""

    kind: str
    size: int
    stride: int
    padding: int


def pool_window(word: str) -> Window | None:
    """Return the window of a pooling: ``avg`` is 2 by 2, ``max3/1`` is 3 by 3 at every position.

    The size is 2 and the stride is the size where they are not given; a number behind ``+`` is
    the padding, at most half the size. A word that names no window gives None.
    """
    found = _POOL.fullmatch(word)
    if found is None:
        return None
    size, padding = int(found["size"] or 2), int(found["padding"] or 0)
    window = Window(found["kind"], size, int(found["stride"] or size), padding)
    return window if 2 * padding <= size else None
