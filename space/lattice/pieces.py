"""Parts of a network at a shape: what they build and what it costs, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ..blocks import part_layers
from ..canonical import canonical
from ..layers import Activation, BatchNorm2d, LayerError, Reach
from ..layers.base import along, chain_reach

if TYPE_CHECKING:
    from ..blocks import Part
    from ..layers import Layer, Shape

Word: TypeAlias = tuple[int, ...]
"""A chain of canonical layers in tokens: equal where the same network is built.

A token is one layer with the normalisation and activations behind it. No part of a network begins
with one of those, so that the tokens of a network do not depend on how parts divide it.
"""

Costs: TypeAlias = tuple[int, int, int, int]
COLUMNS = ("params", "macs", "depth", "peak")
"""The costs of a piece: the first three add up along a network, the last is a maximum.

The peak counts activations, not bytes.
"""
FREE: Costs = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of layers at a shape."""

    word: Word
    shape: Shape
    """The shape behind the layers."""
    costs: Costs
    reach: Reach
    """That of the layers which give a map."""


class Workshop:
    """Builds pieces and remembers them."""

    def __init__(self) -> None:
        self._pieces: dict[tuple[Part, Shape], Piece | None] = {}
        self._numbers: dict[tuple[Layer, ...], int] = {}
        self._tokens: list[tuple[Layer, ...]] = []
        self._spelt: dict[tuple[int, Shape], tuple[Shape, Costs]] = {}

    def piece(self, parts: tuple[Part, ...], shape: Shape) -> Piece | None:
        """Return the parts one behind the other from ``shape``, or None where they do not fit."""
        whole = Piece((), shape, FREE, Reach(1, 1))
        for part in parts:
            single = self._single(part, whole.shape)
            if single is None:
                return None
            whole = _join(whole, single)
        return whole

    def word(self, layers: tuple[Layer, ...]) -> Word | None:
        """Return the word of canonical layers, or None where a token was never built."""
        numbers = [self._numbers.get(token) for token in _tokens(layers)]
        return None if None in numbers else tuple(each for each in numbers if each is not None)

    def spell(self, token: int, shape: Shape) -> tuple[Shape, Costs]:
        """Return the shape behind the layers of a token, and what they cost."""
        key = (token, shape)
        if key not in self._spelt:
            self._spelt[key] = self._cost(self._tokens[token], shape)
        return self._spelt[key]

    def _single(self, part: Part, shape: Shape) -> Piece | None:
        key = (part, shape)
        if key not in self._pieces:
            self._pieces[key] = self._build(part, shape)
        return self._pieces[key]

    def _build(self, part: Part, shape: Shape) -> Piece | None:
        try:
            layers = part_layers(part, shape)
        except LayerError:
            return None
        plain = canonical(layers, shape)
        word = tuple(map(self._number, _tokens(plain)))
        end, costs = shape, FREE
        for token in word:
            end, added = self.spell(token, end)
            costs = add_costs(costs, added)
        onto_vector = len(end) < len(shape)
        return Piece(word, end, costs, Reach(1, 1) if onto_vector else chain_reach(plain, shape))

    def _number(self, token: tuple[Layer, ...]) -> int:
        if token not in self._numbers:
            self._numbers[token] = len(self._tokens)
            self._tokens.append(token)
        return self._numbers[token]

    def _cost(self, layers: tuple[Layer, ...], shape: Shape) -> tuple[Shape, Costs]:
        pairs = list(along(layers, shape))
        last, before = pairs[-1]
        params, macs, depth = (
            sum(getattr(layer, cost)(at) for layer, at in pairs) for cost in COLUMNS[:3]
        )
        peak = max(layer.peak(at) for layer, at in pairs)
        return last.output_shape(before), (params, macs, depth, peak)


def add_costs(one: Costs, other: Costs) -> Costs:
    """Return the costs of two runs of layers, one behind the other."""
    params, macs, depth, peak = one
    return (params + other[0], macs + other[1], depth + other[2], max(peak, other[3]))


def _tokens(layers: tuple[Layer, ...]) -> list[tuple[Layer, ...]]:
    tokens: list[tuple[Layer, ...]] = []
    for layer in layers:
        if tokens and isinstance(layer, BatchNorm2d | Activation):
            tokens[-1] = (*tokens[-1], layer)
        else:
            tokens.append((layer,))
    return tokens


def _join(one: Piece, other: Piece) -> Piece:
    (extent, stride), further = one.reach, other.reach
    reach = Reach(extent + (further.extent - 1) * stride, stride * further.stride)
    costs = add_costs(one.costs, other.costs)
    return Piece(one.word + other.word, other.shape, costs, reach)
