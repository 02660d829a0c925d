"""Parts of a network at a shape: what they build and what it costs, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ..blocks import part_layers
from ..canonical import canonical
from ..layers import LayerError
from ..layers.base import along, chain_shapes

if TYPE_CHECKING:
    from ..blocks import Part
    from ..layers import Layer, Shape

Word: TypeAlias = tuple[int, ...]
"""A chain of canonical layers, each by its number: equal where the same network is built."""

COLUMNS = ("params", "macs", "depth", "peak")
"""The costs of a piece: the first three add up along a network, the last is a maximum."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of layers at a shape."""

    layers: tuple[Layer, ...]
    word: Word
    shape: Shape
    """The shape behind the layers."""
    costs: tuple[int, int, int, int]
    """As `COLUMNS` names them; the peak counts activations, not bytes."""


class Workshop:
    """Builds pieces and remembers them."""

    def __init__(self) -> None:
        self._known: dict[tuple[Part, Shape], Piece | None] = {}
        self._numbers: dict[Layer, int] = {}

    def piece(self, parts: tuple[Part, ...], shape: Shape) -> Piece | None:
        """Return the parts one behind the other from ``shape``, or None where they do not fit."""
        whole = Piece((), (), shape, (0, 0, 0, 0))
        for part in parts:
            single = self._single(part, whole.shape)
            if single is None:
                return None
            whole = _join(whole, single)
        return whole

    def _single(self, part: Part, shape: Shape) -> Piece | None:
        key = (part, shape)
        if key not in self._known:
            self._known[key] = self._build(part, shape)
        return self._known[key]

    def _build(self, part: Part, shape: Shape) -> Piece | None:
        try:
            layers = part_layers(part, shape)
            end = chain_shapes(layers, shape)[-1]
        except LayerError:
            return None
        pairs = list(along(layers, shape))
        costs = (
            sum(layer.params(at) for layer, at in pairs),
            sum(layer.macs(at) for layer, at in pairs),
            sum(layer.depth(at) for layer, at in pairs),
            max((layer.peak(at) for layer, at in pairs), default=0),
        )
        word = tuple(map(self._number, canonical(layers, shape)))
        return Piece(layers, word, end, costs)

    def _number(self, layer: Layer) -> int:
        return self._numbers.setdefault(layer, len(self._numbers))


def _join(one: Piece, other: Piece) -> Piece:
    params, macs, depth = (a + b for a, b in zip(one.costs[:3], other.costs[:3], strict=True))
    costs = (params, macs, depth, max(one.costs[3], other.costs[3]))
    return Piece(one.layers + other.layers, one.word + other.word, other.shape, costs)
