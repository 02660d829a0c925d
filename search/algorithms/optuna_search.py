"""Optuna's samplers, kept inside the limits and away from networks that they proposed before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, final

import optuna
from optuna.study import StudyDirection
from optuna.trial import TrialState

from space import InfeasibleError

from .algorithm import Algorithm, Outcome, Proposal
from .random_search import draw_new

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optuna.samplers import BaseSampler
    from optuna.trial import Trial

    from space import SearchSpace

    from .sizer import Sizer

# Proposals that a sampler may waste on invalid or known networks before a random one takes over.
PATIENCE = 16
LIMIT = "limits"


@final
class OptunaSearch(Algorithm):
    """An Optuna sampler with an objective for accuracy, up, and one for each log size, down.

    Proposals that break a rule of the space are told to the sampler as infeasible, with how far
    they are off as the constraint's value; networks that are known already are told again with what
    they reached. Neither is trained.
    """

    def __init__(
        self,
        space: SearchSpace,
        sampler: BaseSampler,
        *,
        sizers: Sequence[Sizer],
        seed: int,
    ) -> None:
        self._space = space
        self._sizers = sizers
        self._seed = seed
        self._open: dict[str, Trial] = {}
        self._told: dict[str, tuple[float, ...] | None] = {}
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        directions = [StudyDirection.MAXIMIZE, *[StudyDirection.MINIMIZE] * len(sizers)]
        self._study = optuna.create_study(directions=directions, sampler=sampler)

    def ask(self) -> Proposal | None:
        """Return the sampler's next network that is valid, inside the limits and new."""
        for _ in range(PATIENCE):
            proposal = self._try()
            if proposal is not None:
                return proposal
        known = self._open.keys() | self._told.keys()
        proposal = draw_new(self._space, known, (self._seed, len(known)))
        if proposal is not None:
            self.recall(proposal)
        return proposal

    def recall(self, proposal: Proposal) -> None:
        """Let the sampler take this network as its own proposal."""
        self._study.enqueue_trial(self._space.labels(proposal.point))
        trial = self._study.ask()
        self._space.to_optuna(trial)
        self._keep(trial, proposal.fingerprint)

    def tell(self, outcome: Outcome) -> None:
        """Tell the sampler accuracy and sizes, or that training failed."""
        fingerprint = outcome.proposal.fingerprint
        values = None
        if outcome.accuracy is not None:
            sizes = (each.one(outcome.proposal.architecture) for each in self._sizers)
            values = outcome.accuracy, *map(math.log, sizes)
        self._told[fingerprint] = values
        self._close(self._open.pop(fingerprint), values)

    def _try(self) -> Proposal | None:
        trial = self._study.ask()
        point = self._space.to_optuna(trial)
        try:
            proposal = Proposal(point, self._space.build(point))
        except InfeasibleError as error:
            trial.set_constraint(LIMIT, error.violation)
            # Samplers rank infeasible trials by their violation and never look at these values.
            self._study.tell(trial, (0.0,) * len(self._study.directions))
            return None
        fingerprint = proposal.fingerprint
        if fingerprint in self._open or fingerprint in self._told:
            self._close(trial, self._told.get(fingerprint))
            return None
        self._keep(trial, fingerprint)
        return proposal

    def _keep(self, trial: Trial, fingerprint: str) -> None:
        trial.set_constraint(LIMIT, 0.0)
        self._open[fingerprint] = trial

    def _close(self, trial: Trial, values: tuple[float, ...] | None) -> None:
        if values is None:
            self._study.tell(trial, state=TrialState.FAIL)
            return
        if LIMIT not in trial.constraints:
            trial.set_constraint(LIMIT, 0.0)
        self._study.tell(trial, values)
