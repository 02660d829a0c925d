"""An algorithm and a stopping rule at work on a table, with the epoch as the clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, final

import numpy as np

from results import is_front
from results.growth import GrowingFront, volumes

from ..algorithms import Outcome, Proposal, choose_algorithm
from ..algorithms.sizer import Formula
from ..stopping import Network, choose_stopping
from .curve import ROUNDING, networks_to
from .table_space import Row, TableSpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from space import SearchSpace

    from ..algorithms import Algorithm
    from ..algorithms.earlier import Earlier
    from ..job import SearchSettings
    from ..stopping import Stop, StoppingRule
    from .curve import Reached
    from .measured import Floats, Table


@dataclass(frozen=True, slots=True)
class Ended:
    """A network that was trained: how long, when it ended, and why where it was stopped."""

    network: int
    epochs: int
    spent: int
    """Epochs that all workers together had trained by then."""
    reason: str | None = None


@final
@dataclass(frozen=True, slots=True)
class Replayed:
    """What a search on a table trained, in the order in which trainings ended."""

    table: Table
    ended: tuple[Ended, ...]
    content: bool = False
    """Whether the algorithm took its goal as met for good."""

    @property
    def volume(self) -> Floats:
        """(ended,): the hypervolume after each network; only whole trainings count."""
        rows = [one.network for one in self.ended]
        accuracy = self.table.accuracy[rows]
        accuracy[[one.reason is not None for one in self.ended]] = np.nan
        return volumes(accuracy, self.table.size[rows], self.table.reference)

    @property
    def wrongly_stopped(self) -> float | None:
        """Share of the stopped that would be on the front of all that were tried.

        None where nothing was stopped.
        """
        rows = [one.network for one in self.ended]
        stopped = np.array([one.reason is not None for one in self.ended])
        if not stopped.any():
            return None
        front = is_front(self.table.accuracy[rows], self.table.size[rows])
        return float(front[stopped].mean())

    def reached(self, shares: Sequence[float]) -> list[Reached]:
        """Return how many networks and epochs it took to shares of the true hypervolume."""
        spent = [one.spent for one in self.ended]
        return networks_to(shares, self.table.volume, self.volume, spent)


@dataclass(slots=True)
class _Running:
    """A network in training."""

    number: int
    proposal: Proposal
    network: int
    epoch: int = 0


def replay(  # noqa: PLR0913 - each is one thing that a search depends on
    table: Table,
    settings: SearchSettings,
    *,
    workers: int = 1,
    networks: int | None = None,
    until: float | None = None,
    earlier: Sequence[Earlier] = (),
) -> Replayed:
    """Search a table as a job would, without training.

    Every worker trains one network at a time, one epoch at each tick of the clock; a table without
    curves has one epoch.

    Args:
        table: What was recorded.
        settings: The algorithm, its seed, and the stopping rule.
        workers: Networks in training at once.
        networks: How many to train at most; all of them where it is not given.
        until: End when this share of the true front's hypervolume is reached.
        earlier: What the algorithm knows of other studies.
    """
    space = TableSpace(table)
    # A table answers whatever an algorithm asks of a space, which the conformance kit holds.
    sizers = [Formula("size")]
    algorithm = choose_algorithm(settings, cast("SearchSpace", space), earlier, sizers)
    rule = choose_stopping(settings.stop, table.epochs, cast("SearchSpace", space))
    run = _Run(table, space, algorithm, rule)
    return run.until(workers, min(networks or len(table), len(table)), until)


class _Run:
    """The state of a replay."""

    def __init__(
        self, table: Table, space: TableSpace, algorithm: Algorithm, rule: StoppingRule | None
    ) -> None:
        self._table, self._space = table, space
        self._algorithm, self._rule = algorithm, rule
        self._running: list[_Running] = []
        self._ended: list[Ended] = []
        self._asked, self._spent = 0, 0
        self._front = GrowingFront(table.reference)

    def until(self, workers: int, most: int, share: float | None) -> Replayed:
        """Train until nothing is left, or a share of the true hypervolume is reached."""
        goal = np.inf if share is None else share * self._table.volume * (1 - ROUNDING)
        while self._front.area < goal:
            self._fill(workers, most)
            if not self._running:
                break
            self._tick()
        return Replayed(self._table, tuple(self._ended), self._algorithm.content)

    def _fill(self, workers: int, most: int) -> None:
        while len(self._running) < workers and self._asked < most:
            proposal = self._algorithm.ask()
            if proposal is None:
                self._asked = most
                return
            row = cast("Row", proposal.architecture)
            self._space.take(row.number)
            self._running.append(_Running(self._asked, proposal, row.number))
            self._asked += 1

    def _tick(self) -> None:
        """Let every network in training do one epoch."""
        for one in list(self._running):
            one.epoch += 1
            self._spent += 1
            accuracy = self._table.report(one.network, one.epoch)
            stop = None
            if self._rule is not None:
                network = Network(one.proposal.point, (float(self._table.size[one.network]),))
                stop = self._rule.judge(one.number, network, one.epoch, accuracy)
            if stop is None and one.epoch < self._table.epochs:
                continue
            self._running.remove(one)
            self._end(one, stop)

    def _end(self, one: _Running, stop: Stop | None) -> None:
        reason = None if stop is None else stop.reason
        self._ended.append(Ended(one.network, one.epoch, self._spent, reason))
        if stop is not None:
            self._algorithm.tell(Outcome(one.proposal, stop.expected, stop.spread))
            return
        accuracy = float(self._table.accuracy[one.network])
        self._front.add(accuracy, math.log(self._table.size[one.network]))
        self._algorithm.tell(Outcome(one.proposal, None if math.isnan(accuracy) else accuracy))
