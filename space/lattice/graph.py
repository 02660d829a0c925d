"""Every valid network of a space as a path through a graph of (step, shape, held)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress, product
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, final

import numpy as np
import numpy.typing as npt

from ..blocks import part_layers
from ..layers import LayerError
from ..layers.base import chain_shapes
from .pieces import COLUMNS
from .steps import Held, Mark, Picks, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..blocks import Part
    from ..layers import Shape
    from .pieces import Word, Workshop

Ints: TypeAlias = npt.NDArray[np.int64]


class Node(NamedTuple):
    """Where a network stands before a step."""

    shape: Shape
    held: Held


@final
@dataclass(frozen=True, eq=False, slots=True)
class Level:
    """The edges of one step: its canonical picks at each node, each once.

    Edges lie in the order of their source, and within it of their code.
    """

    step: Step
    nodes: tuple[Node, ...]
    """The nodes before the step."""
    edge_of: Ints
    """(nodes, codes): the edge that a code of picks takes from a node, -1 where it cannot stand."""
    source: Ints
    target: Ints
    """(edges,): the nodes before and after the step."""
    code: Ints
    """(edges,): the lowest code that takes the edge, which is its canonical one."""
    costs: Ints
    """(edges, columns): what the step adds, as `pieces.COLUMNS` names it."""
    reach: Ints
    """(edges, 2): extent and stride of the map layers, as `Reach` has them."""
    words: tuple[Word, ...]
    """The canonical layers of each edge."""

    @property
    def count(self) -> int:
        """How many nodes stand before the step."""
        return len(self.nodes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many choices each slot of the step offers."""
        return tuple(len(slot.choices) for slot in self.step.slots)

    def picks(self, code: int) -> Picks:
        """Return the pick for each slot."""
        return tuple(int(pick) for pick in np.unravel_index(code, self.sizes)) if self.sizes else ()

    def encode(self, picks: Picks) -> int:
        """Return the code of one pick for each slot."""
        return int(np.ravel_multi_index(picks, self.sizes)) if picks else 0


def build_graph(steps: Sequence[Step], shape: Shape, workshop: Workshop) -> tuple[Level, ...]:
    """Return the levels of all networks that start at ``shape`` and reach the last step's end.

    Codes that build the same canonical layers from the same node share one edge.
    """
    nodes, levels = [Node(shape, Mark.BETWEEN)], list[Level]()
    for step in steps:
        level, nodes = _grow(step, nodes, workshop)
        levels.append(level)
    return tuple(_trim(levels, len(nodes)))


def _grow(step: Step, nodes: list[Node], workshop: Workshop) -> tuple[Level, list[Node]]:
    codes = prod(len(slot.choices) for slot in step.slots)
    edge_of = np.full((len(nodes), codes), -1, dtype=np.int64)
    targets: dict[Node, int] = {}
    edges: list[tuple[int, ...]] = []
    words: list[Word] = []
    options = {held: list(_options(step, held)) for held in {node.held for node in nodes}}
    for number, node in enumerate(nodes):
        known: dict[tuple[object, Held], int] = {}
        for code, parts, held in options[node.held]:
            piece = workshop.piece(parts, node.shape)
            if piece is None:
                continue
            edge = known.setdefault((piece.word, held), len(edges))
            edge_of[number, code] = edge
            if edge == len(edges):
                target = targets.setdefault(Node(piece.shape, held), len(targets))
                edges.append((number, target, code, *piece.reach, *piece.costs))
                words.append(piece.word)
    columns = np.array(edges, dtype=np.int64).reshape(-1, 5 + len(COLUMNS))
    source, target, code = columns[:, :3].T
    ends = (columns[:, 5:], columns[:, 3:5], tuple(words))
    return Level(step, tuple(nodes), edge_of, source, target, code, *ends), list(targets)


def misfits(step: Step, node: Node) -> Iterator[LayerError]:
    """Yield why each choice of a step cannot stand at a node, for those that cannot."""
    for _, parts, _ in _options(step, node.held):
        shape = node.shape
        for part in parts:
            try:
                shape = chain_shapes(part_layers(part, shape), shape)[-1]
            except LayerError as error:
                yield error
                break


def _options(step: Step, held: Held) -> Iterator[tuple[int, tuple[Part, ...], Held]]:
    picks = product(*(range(len(slot.choices)) for slot in step.slots))
    for code, pick in enumerate(picks):
        yield code, *step.parts(held, pick)


def _trim(levels: list[Level], ends: int) -> list[Level]:
    """Drop the edges from which no end is reached."""
    alive = np.ones(ends, dtype=bool)
    trimmed = []
    for level in reversed(levels):
        keep = alive[level.target]
        # The last entry serves the code that cannot stand, -1.
        renumbered = np.append(np.where(keep, np.cumsum(keep) - 1, -1), -1)
        alive = np.zeros(len(level.nodes), dtype=bool)
        alive[level.source[keep]] = True
        trimmed.append(
            Level(
                level.step,
                level.nodes,
                renumbered[level.edge_of],
                level.source[keep],
                level.target[keep],
                level.code[keep],
                level.costs[keep],
                level.reach[keep],
                tuple(compress(level.words, keep)),
            )
        )
    return trimmed[::-1]
