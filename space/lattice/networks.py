"""The distinct networks of a space, each as one path, whatever number of points builds it.

Source: Rabin and Scott, "Finite automata and their decision problems", 1959, definition 11: the
subset construction, token by token. A prefix of a network stands for all the ways in which the
space can say it, so that a network is counted once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np

from .pieces import COLUMNS, FREE
from .words import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..layers import Shape
    from .graph import Ints
    from .pieces import Costs, Word, Workshop
    from .words import Reader

_Way: TypeAlias = "tuple[int, int, Word]"
"""A way to say a prefix: the level and node that it leads to, and what is unsaid until there."""

_Ways: TypeAlias = frozenset[_Way]

_END: _Ways = frozenset()
"""Behind the last token."""


@final
@dataclass(frozen=True, eq=False, slots=True)
class Tier:
    """How the prefixes of one length go on; shaped as a `Level` for what adds up costs."""

    count: int
    """How many prefixes there are."""
    source: Ints
    target: Ints
    code: Ints
    """(edges,): the token, or `NOTHING` where the network has ended."""
    costs: Ints


@final
class Speller:
    """Continues prefixes by one token."""

    def __init__(self, reader: Reader, workshop: Workshop) -> None:
        self._reader, self._workshop = reader, workshop
        self._last = len(reader.levels)
        self._known: dict[_Way, Mapping[int, _Ways]] = {}

    def start(self) -> _Ways:
        """Return the ways to say nothing."""
        return frozenset(self._settled(0, 0, ()))

    def onward(self, ways: _Ways, shape: Shape) -> Iterable[tuple[int, _Ways, Shape, Costs]]:
        """Yield each token that can follow, the ways to say it, and the shape and costs of it."""
        if not ways or any(level == self._last and not unsaid for level, _, unsaid in ways):
            yield NOTHING, _END, shape, FREE
        following: dict[int, _Ways] = {}
        for way in ways:
            for token, then in self._begun(way).items():
                following[token] = following[token] | then if token in following else then
        for token, then in following.items():
            yield token, then, *self._workshop.spell(token, shape)

    def _begun(self, way: _Way) -> Mapping[int, _Ways]:
        """Return where each token leads from one way."""
        if way not in self._known:
            found: dict[int, set[_Way]] = {}
            for token, then in self._begin(*way):
                found.setdefault(token, set()).update(then)
            self._known[way] = {token: frozenset(then) for token, then in found.items()}
        return self._known[way]

    def _begin(self, level: int, node: int, unsaid: Word) -> Iterable[tuple[int, Iterable[_Way]]]:
        if unsaid:
            yield unsaid[0], self._settled(level, node, unsaid[1:])
        elif level < self._last:
            here = self._reader.levels[level]
            for token, edges in self._reader.starts(level, node).items():
                for edge in edges if token != NOTHING else ():
                    target, rest = int(here.target[edge]), here.words[edge][1:]
                    yield token, self._settled(level + 1, target, rest)

    def _settled(self, level: int, node: int, unsaid: Word) -> Iterable[_Way]:
        """Yield a way, and those that edges without a token lead to from there."""
        yield level, node, unsaid
        if not unsaid and level < self._last:
            target = self._reader.levels[level].target
            for edge in self._reader.starts(level, node).get(NOTHING, ()):
                yield from self._settled(level + 1, int(target[edge]), ())


def spell_networks(speller: Speller, shape: Shape, most: int) -> tuple[Tier, ...] | None:
    """Return the tiers of all networks, or None where they need more than ``most`` edges."""
    prefixes: dict[tuple[_Ways, Shape], int] = {(speller.start(), shape): 0}
    tiers: list[Tier] = []
    left = most
    while any(ways for ways, _ in prefixes):
        edges: list[tuple[int, ...]] = []
        following: dict[tuple[_Ways, Shape], int] = {}
        for (ways, before), number in prefixes.items():
            for token, then, after, costs in speller.onward(ways, before):
                place = following.setdefault((then, after), len(following))
                edges.append((number, place, token, *costs))
            if len(edges) > left:
                return None
        left -= len(edges)
        columns = np.array(edges, dtype=np.int64).reshape(-1, 3 + len(COLUMNS))
        source, target, token = columns[:, :3].T
        tiers.append(Tier(len(prefixes), source, target, token, columns[:, 3:]))
        prefixes = following
    return tuple(tiers)


def count_networks(tiers: Sequence[Tier]) -> int:
    """Return how many networks there are, limits apart."""
    ways = [1]
    for tier in reversed(tiers):
        before = [0] * tier.count
        for source, target in zip(tier.source.tolist(), tier.target.tolist(), strict=True):
            before[source] += ways[target]
        ways = before
    return ways[0]
