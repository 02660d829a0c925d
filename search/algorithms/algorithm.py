"""What every algorithm offers, and the words it shares with the desk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from space import Architecture, Point


@dataclass(frozen=True, slots=True)
class Proposal:
    """A network to train, and the point of the space that it came from."""

    point: Point
    architecture: Architecture

    @property
    def fingerprint(self) -> str:
        """The identity of the network."""
        return self.architecture.fingerprint


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a proposal ended.

    ``accuracy`` is the validation accuracy as a fraction, or None where training failed. Of a
    stopped training it is what it was expected to end with, and ``spread`` the standard deviation
    of that; 0 for an accuracy that was observed.
    """

    proposal: Proposal
    accuracy: float | None
    spread: float = 0.0


class Algorithm(ABC):
    """Proposes networks, each at most once.

    Proposals may be told in any order, and several may be open at once. An algorithm holds no state
    that the store does not: recalling the trials of a study in their order, and telling those that
    ended, rebuilds it.
    """

    content: bool = False
    """Whether ``ask`` returned None because its goal is met, not for want of networks."""

    @abstractmethod
    def ask(self) -> Proposal | None:
        """Return a network that was never proposed, or None when the space holds no other."""

    @abstractmethod
    def recall(self, proposal: Proposal) -> None:
        """Take a proposal of an earlier run of the study as if ``ask`` had returned it now."""

    @abstractmethod
    def tell(self, outcome: Outcome) -> None:
        """Learn how a proposal ended that ``ask`` returned or ``recall`` took."""
