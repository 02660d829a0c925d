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
    sizers: Sequence[Sizer] = (),
) -> Algorithm:
    """Return a fresh algorithm of the job's kind, seeded as the job says.

    Args:
        settings: What the job says of the search.
        space: Where networks are proposed from.
        earlier: What other studies found; only `pareto` learns from it.
        sizers: Tell the sizes of networks, one or two; by the job's formulas where none is given.
    """
    sizers = sizers or [Formula(name) for name in settings.sizes]
    if settings.algorithm == "random":
        return RandomSearch(space, seed=settings.seed)
    if settings.algorithm == "pareto":
        # scikit-learn takes a second to import.
        from .pareto import ParetoSearch  # noqa: PLC0415

        return ParetoSearch(
            space,
            sizers=sizers,
            seed=settings.seed,
            earlier=earlier,
            aim=aim_of(settings.goal),
        )
    # Optuna takes half a second to import, which a random search need not pay.
    from optuna.samplers import GPSampler, NSGAIISampler, TPESampler  # noqa: PLC0415

    from .optuna_search import OptunaSearch  # noqa: PLC0415

    samplers = {"tpe": TPESampler, "gp": GPSampler, "nsga2": NSGAIISampler}
    sampler = samplers[settings.algorithm](seed=settings.seed)
    return OptunaSearch(space, sampler, sizers=sizers, seed=settings.seed)
