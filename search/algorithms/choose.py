"""From the name in a job to an algorithm."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from .random_search import RandomSearch

if TYPE_CHECKING:
    from space import SearchSpace

    from ..job import SearchSettings
    from .algorithm import Algorithm


def choose_algorithm(settings: SearchSettings, space: SearchSpace) -> Algorithm:
    """Return a fresh algorithm of the job's kind, seeded as the job says."""
    if settings.algorithm == "random":
        return RandomSearch(space, seed=settings.seed)
    if settings.algorithm == "pareto":
        # scikit-learn takes a second to import.
        from .pareto import ParetoSearch  # noqa: PLC0415

        return ParetoSearch(space, size=settings.size, seed=settings.seed)
    # Optuna takes half a second to import, which a random search need not pay.
    from optuna.samplers import GPSampler, NSGAIISampler, TPESampler  # noqa: PLC0415

    from .optuna_search import OptunaSearch  # noqa: PLC0415

    samplers = {"tpe": TPESampler, "gp": GPSampler, "nsga2": NSGAIISampler}
    sampler = samplers[settings.algorithm](seed=settings.seed)
    return OptunaSearch(space, sampler, size=attrgetter(settings.size), seed=settings.seed)
