"""An algorithm that begins with known networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from ..algorithms import Algorithm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..algorithms import Outcome, Proposal


@final
class Queued(Algorithm):
    """Proposes some networks in their order, and then what another algorithm proposes.

    That one recalls each of them when it is handed out, and so learns of them as of its own.
    """

    def __init__(self, algorithm: Algorithm, first: Sequence[Proposal]) -> None:
        self._algorithm = algorithm
        self._left = {proposal.fingerprint: proposal for proposal in first}

    def ask(self) -> Proposal | None:
        """Return the next of the first networks, or what the algorithm asks for."""
        if not self._left:
            proposal = self._algorithm.ask()
            self.content = self._algorithm.content
            return proposal
        proposal = next(iter(self._left.values()))
        self.recall(proposal)
        return proposal

    def recall(self, proposal: Proposal) -> None:
        """Let the algorithm take a proposal, which is not handed out any more."""
        self._left.pop(proposal.fingerprint, None)
        self._algorithm.recall(proposal)

    def tell(self, outcome: Outcome) -> None:
        """Let the algorithm learn how a proposal ended."""
        self._algorithm.tell(outcome)
