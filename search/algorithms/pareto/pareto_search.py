"""The default algorithm: train what is expected to lift the front most at its exact size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from space import InfeasibleError

from ..algorithm import Algorithm, Outcome, Proposal
from ..random_search import DRAWS, draw_new
from .candidates import Candidates, Finder, as_point, joined
from .judge import Judge, Told, View, find_view
from .model import Surrogate
from .sharing import Sharing
from .target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from space import Point, SearchSpace

    from ...goal import Aim
    from ..earlier import Earlier
    from ..sizer import Sizer
    from .model import Model

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

_LEAST = 3
"""Accuracies that a model needs."""
_LOOKS = 3
"""How often candidates are looked for before a goal is taken as met for good."""
_FRESH = 0.1
"""Lengths are found again when so much more has been told."""


@dataclass(slots=True)
class _Known:
    """A network that was proposed, with its accuracy once that is known.

    ``spread`` is how far an accuracy may be off that was expected, not observed.
    """

    point: Point
    log_sizes: tuple[float, ...]
    accuracy: float | None = None
    spread: float = 0.0
    failed: bool = False


@final
class ParetoSearch(Algorithm):
    """Models accuracy alone and proposes the largest expected gain of the front at exact size.

    A decision depends on the seed, on what was proposed before it, and on what is told by then;
    not on the order of telling. Proposals that are still open count as if they had reached what is
    expected of them, so that workers are sent to different places. What lies far above expectation
    for its noise is believed in part only, so that a lucky training does not hide its neighbours.
    """

    def __init__(
        self,
        space: SearchSpace,
        *,
        sizers: Sequence[Sizer],
        seed: int,
        earlier: Sequence[Earlier] = (),
        aim: Aim | None = None,
    ) -> None:
        self._space, self._seed, self._sizers = space, seed, sizers
        self._finder, self._threads = Finder(space, sizers), ThreadpoolController()
        self._known: dict[str, _Known] = {}
        self._points: set[Point] = set()
        with self._threads.limit(limits=1):
            self._sharing = Sharing(earlier, space.encode) if earlier else None
        self._target = None if aim is None else Target(aim)
        self._view: tuple[tuple[Point, ...], View, Model] | None = None

    def ask(self) -> Proposal | None:
        """Return the network with the largest expected gain that was never proposed."""
        rng = np.random.default_rng((self._seed, len(self._known)))
        told = sum(one.accuracy is not None for one in self._known.values())
        if not self._known:
            proposal = self._smallest(rng)
        elif told < _LEAST:
            proposal = self._spread_out(rng)
        else:
            proposal = self._best(rng)
            self.content = proposal is None and self._target is not None
        if proposal is None and not self.content:
            proposal = draw_new(self._space, self._known, (self._seed, len(self._known)))
        if proposal is not None:
            self.recall(proposal)
        return proposal

    def recall(self, proposal: Proposal) -> None:
        """Remember the network, so that it is not proposed again."""
        sizes = (float(np.log(each.one(proposal.architecture))) for each in self._sizers)
        self._known[proposal.fingerprint] = _Known(proposal.point, tuple(sizes))
        self._points.add(tuple(proposal.point))

    def tell(self, outcome: Outcome) -> None:
        """Learn an accuracy, or that training failed."""
        known = self._known[outcome.proposal.fingerprint]
        known.accuracy, known.failed = outcome.accuracy, outcome.accuracy is None
        known.spread = outcome.spread

    def _smallest(self, rng: np.random.Generator) -> Proposal | None:
        """Return the smallest network that is found: it is on the front, whatever it reaches."""
        first = np.array([self._space.sample(rng)], dtype=np.int64)
        return self._first_new(*self._finder.find(first, lambda every: -every.log_size, rng))

    def _spread_out(self, rng: np.random.Generator) -> Proposal | None:
        """Return a new network, small ones as likely as large ones."""
        spare = None
        for _ in range(DRAWS // 10):
            proposal = self._new(self._space.sample(rng, spread="log_params"))
            if proposal is not None:
                if self._target is None or self._target.allows(
                    self._sizers[0].one(proposal.architecture)
                ):
                    return proposal
                spare = spare or proposal
        return spare

    def _best(self, rng: np.random.Generator) -> Proposal | None:
        told = [one for one in self._known.values() if one.accuracy is not None]
        waiting = [one for one in self._known.values() if one.accuracy is None and not one.failed]
        # For matrices of this size threads wait for one another longer than they work, and sums
        # come out the same on any machine.
        with self._threads.limit(limits=1):
            view, model = self._view_of(told)
            judge = Judge(_array(told), _array(waiting), view, model)
            if self._target is None:
                candidates, gains = self._finder.find(judge.front, judge.gain, rng)
            else:
                candidates, gains = self._towards(self._target, judge, rng)
        return self._first_new(candidates, gains)

    def _towards(
        self, target: Target, judge: Judge, rng: np.random.Generator
    ) -> tuple[Candidates, Floats]:
        """Return candidates with what they are worth to a goal; none once it is met for good."""
        worth = partial(target.worth, judge)
        looked_at = []
        for _ in range(_LOOKS):
            candidates, gains = self._finder.find(judge.front, worth, rng)
            looked_at.append(candidates)
            if not target.settled(judge, joined(looked_at), self._points):
                useful = gains > -np.inf
                return candidates.part(useful), gains[useful]
        return candidates.part(np.zeros(len(gains), dtype=bool)), gains[:0]

    def _view_of(self, told: list[_Known]) -> tuple[View, Model]:
        """Return the view of the first networks, up to a milestone, found only once."""
        milestone = _LEAST
        while (after := max(milestone + 1, int(milestone * (1 + _FRESH)))) <= len(told):
            milestone = after
        first = told[:milestone]
        key = tuple(one.point for one in first)
        if self._view is None or self._view[0] != key:
            view = find_view(_array(first), self._space.encode)
            model: Model = Surrogate
            if self._sharing is not None:
                model = self._sharing.model(_array(first), view)
            self._view = key, view, model
        return self._view[1:]

    def _first_new(self, candidates: Candidates, gains: Floats) -> Proposal | None:
        for row in np.argsort(-gains, kind="stable"):
            point = as_point(candidates.points[row])
            if point not in self._points:
                proposal = self._new(point)
                if proposal is not None:
                    return proposal
        return None

    def _new(self, point: Point) -> Proposal | None:
        """Return the proposal of a point, or None where its network is known or refused."""
        try:
            proposal = Proposal(point, self._space.build(point))
        except InfeasibleError:
            return None
        return None if proposal.fingerprint in self._known else proposal


def _array(known: Sequence[_Known]) -> Told:
    accuracy = [np.nan if one.accuracy is None else one.accuracy for one in known]
    return Told(
        np.array([one.point for one in known], dtype=np.int64),
        np.array([one.log_sizes for one in known]),
        np.array(accuracy),
        np.array([one.spread for one in known]),
    )
