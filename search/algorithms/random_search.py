"""Random search: the yardstick of every other algorithm."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import numpy as np

from .algorithm import Algorithm, Outcome, Proposal

if TYPE_CHECKING:
    from collections.abc import Container

    from space import SearchSpace

# A space is taken as exhausted after this many draws in a row that gave nothing new.
DRAWS = 2_000


def draw_new(space: SearchSpace, known: Container[str], seed: tuple[int, ...]) -> Proposal | None:
    """Return a sampled network whose fingerprint is not ``known``, or None after 2,000 draws."""
    rng = np.random.default_rng(seed)
    for _ in range(DRAWS):
        point = space.sample(rng)
        proposal = Proposal(point, space.build(point))
        if proposal.fingerprint not in known:
            return proposal
    return None


@final
class RandomSearch(Algorithm):
    """Samples the space; the n-th proposal depends on the seed and on the n - 1 before it alone."""

    def __init__(self, space: SearchSpace, *, seed: int) -> None:
        self._space = space
        self._seed = seed
        self._known: set[str] = set()

    def ask(self) -> Proposal | None:
        """Return a sampled network that was never proposed."""
        proposal = draw_new(self._space, self._known, (self._seed, len(self._known)))
        if proposal is not None:
            self.recall(proposal)
        return proposal

    def recall(self, proposal: Proposal) -> None:
        """Remember the network, so that it is not proposed again."""
        self._known.add(proposal.fingerprint)

    def tell(self, outcome: Outcome) -> None:
        """Learn nothing: a random search does not look back."""
