"""Networks as words of tokens: in how many ways a space says a word, and the first of them.

A network is one word; several points say the same word where stages offer the same layers, or
where different heads come to the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .graph import Level
    from .pieces import Word

NOTHING = -1
"""The first token of an empty word."""

Starts: TypeAlias = "Mapping[int, Sequence[int]]"
"""The edges from a node by the first token of their words."""

_Memory: TypeAlias = dict[tuple[int, int, int], int]


@final
class Reader:
    """Reads words along the levels of a graph."""

    def __init__(self, levels: Sequence[Level]) -> None:
        self.levels = levels
        self._starts = [_starts(level) for level in levels]

    def starts(self, level: int, node: int) -> Starts:
        """Return the edges from a node by the first token of their words."""
        return self._starts[level][node]

    def runs(self, word: Word) -> int:
        """Return how many canonical points build the network."""
        return self._count(word, {}, (0, 0, 0))

    def lowest(self, word: Word) -> tuple[int, ...]:
        """Return the codes of the lowest point that builds the network."""
        memory: _Memory = {}
        place, codes = (0, 0, 0), []
        while place[0] < len(self.levels):
            level = self.levels[place[0]]
            edge, place = next(
                (edge, then)
                for edge, then in sorted(self._steps(word, place))
                if self._count(word, memory, then)
            )
            codes.append(int(level.code[edge]))
        return tuple(codes)

    def _count(self, word: Word, memory: _Memory, place: tuple[int, int, int]) -> int:
        """Count the ways from a place: the level, the node and how much of the word is read."""
        if place[0] == len(self.levels):
            return int(place[2] == len(word))
        if place not in memory:
            steps = self._steps(word, place)
            memory[place] = sum(self._count(word, memory, then) for _, then in steps)
        return memory[place]

    def _steps(
        self, word: Word, place: tuple[int, int, int]
    ) -> Iterator[tuple[int, tuple[int, int, int]]]:
        """Yield the edges that read on from a place, each with the place behind it."""
        number, node, read = place
        level, starts = self.levels[number], self._starts[number][node]
        for edge in starts.get(NOTHING, ()):
            yield edge, (number + 1, int(level.target[edge]), read)
        for edge in starts.get(word[read], ()) if read < len(word) else ():
            end = read + len(level.words[edge])
            if level.words[edge] == word[read:end]:
                yield edge, (number + 1, int(level.target[edge]), end)


def _starts(level: Level) -> list[dict[int, list[int]]]:
    starts: list[dict[int, list[int]]] = [{} for _ in level.nodes]
    for edge, (node, word) in enumerate(zip(level.source.tolist(), level.words, strict=True)):
        starts[node].setdefault(word[0] if word else NOTHING, []).append(edge)
    return starts
