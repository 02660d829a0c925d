"""A network drawn: a block for each layer, as high as its map and as wide as its channels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from space.table import rows

from .marks import short_number

if TYPE_CHECKING:
    from space import Architecture
    from space.table import Row

_TALL: Final = 84.0
_BAR: Final = 34.0
_GAP: Final = 14.0
_LEAST: Final = 34.0
_KINDS: Final = (
    ("Input", "input"),
    ("MaxPool", "pool"),
    ("AvgPool", "pool"),
    ("GlobalAvg", "pool"),
    ("Linear", "dense"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A layer as it is drawn; lengths are in pixels of a drawing that is ``Drawing.height`` high.

    ``bar`` is the height of the bar for its params, below the block; ``above`` and ``below`` are
    what stands there.
    """

    kind: str
    x: float
    y: float
    width: float
    height: float
    bar: float
    above: str
    below: str
    params: str
    title: str

    @property
    def middle(self) -> float:
        """Where its texts stand."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """A network's blocks from left to right, and the space that they take."""

    blocks: tuple[Block, ...]
    width: float
    floor: float
    height: float


def drawing(architecture: Architecture) -> Drawing:
    """Return how an architecture is drawn; what has neither params nor a new shape is left out.

    Normalisation counts with the layer before it.

    A block is as high as the map is, in proportion to the input, and its width grows with the
    logarithm of the channels; a vector is a thin block whose height grows with the logarithm of its
    length.
    """
    table = rows(architecture)
    shown = [table[0]]
    for above, row in pairwise(table):
        if row.name.startswith("BatchNorm"):
            shown[-1] = replace(shown[-1], params=shown[-1].params + row.params)
        elif row.params or (row.shape != above.shape and not row.name.startswith("Flatten")):
            shown.append(row)
    side = max(architecture.input_shape[1:])
    most = max(row.params for row in shown) or 1
    blocks: list[Block] = []
    x = _GAP
    for row in shown:
        block = _block(row, x, side, most)
        blocks.append(block)
        x = max(block.x + block.width, block.middle + _LEAST / 2) + _GAP
    return Drawing(tuple(blocks), x, _TALL + 22, _TALL + 22 + 30 + _BAR + 18)


def _block(row: Row, x: float, side: int, most: int) -> Block:
    width, height = _extent(row, side)
    x = max(x, x + (_LEAST - width) / 2)
    channels = row.shape[0]
    map_ = "×".join(map(str, row.shape[1:]))
    told = f"{row.name}: {'×'.join(map(str, row.shape))}, {row.params:,} params, {row.macs:,} macs"
    return Block(
        _kind(row.name),
        x,
        _TALL + 22 - height,
        width,
        height,
        _BAR * row.params / most,
        str(channels),
        map_,
        short_number(row.params) if row.params else "",
        told,
    )


def _extent(row: Row, side: int) -> tuple[float, float]:
    if len(row.shape) == 1:
        return 9.0, min(_TALL, 14 + 7 * math.log2(row.shape[0]))
    share = max(row.shape[1:]) / side
    return 7 + 7 * math.log2(1 + row.shape[0]), max(6.0, _TALL * share)


def _kind(name: str) -> str:
    return next((kind for start, kind in _KINDS if name.startswith(start)), "conv")
