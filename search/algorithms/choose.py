"""From the name in a job to an algorithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..goal import aim_of
from .random_search import RandomSearch
from .sizer import Formula

if TYPE_CHECKING:
    from collections.abc import Sequence

    from space import SearchSpace

    from ..job import SearchSettings
    from .algorithm import Algorithm
    from .earlier import Earlier
    from .sizer import Sizer


def choose_algorithm(
    settings: SearchSettings,
    space: SearchSpace,
    earlier: Sequence[Earlier] = (),
    sizer: Sizer | None = None,
) -> Algorithm:
    """Return a fresh algorithm of the job's kind, seeded as the job says.

    Args:
        settings: What the job says of the search.
        space: Where networks are proposed from.
        earlier: What other studies found; only `pareto` learns from it.
        sizer: Tells the size of networks; by the formula of the job's where none is given.
    """
    sizer = sizer or Formula(settings.size)
    if settings.algorithm == "random":
        return RandomSearch(space, seed=settings.seed)
    if settings.algorithm == "pareto":
        # scikit-learn takes a second to import.
        from .pareto import ParetoSearch  # noqa: PLC0415

        return ParetoSearch(
            space,
            sizer=sizer,
            seed=settings.seed,
            earlier=earlier,
            aim=aim_of(settings.goal),
        )
    # Optuna takes half a second to import, which a random search need not pay.
    from optuna.samplers import GPSampler, NSGAIISampler, TPESampler  # noqa: PLC0415

    from .optuna_search import OptunaSearch  # noqa: PLC0415

    samplers = {"tpe": TPESampler, "gp": GPSampler, "nsga2": NSGAIISampler}
    sampler = samplers[settings.algorithm](seed=settings.seed)
    return OptunaSearch(space, sampler, sizer=sizer, seed=settings.seed)
