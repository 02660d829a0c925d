"""What earlier studies of the store say about the networks of a space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from space import Architecture, InfeasibleError, SearchSpace
from space.errors import InputError
from space.layers import Linear

from ..algorithms import Outcome, Proposal
from ..algorithms.earlier import Earlier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from results import Store, StudyRecord, TrialRecord
    from space import Point

    from ..algorithms.sizer import Sizer
    from ..plan import Plan

FIELD = "search.start_from"
_LEAST = 3
"""Networks that say something about others."""


@final
@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a study starts from.

    ``observed`` are networks that were trained on the same data by the same recipe, ``earlier``
    those of other studies. ``text`` says in words how much that is.
    """

    observed: tuple[Outcome, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    text: str = ""


def find_knowledge(
    plan: Plan, store: Store, sizer: Sizer, until: datetime | None = None
) -> Knowledge:
    """Return what the studies that a job starts from know.

    Args:
        plan: The job, its data and its space.
        store: Where the studies are kept.
        sizer: Tells sizes in this study.
        until: Trials that ended later do not count, so that a resume knows what the start knew.

    Raises:
        InputError: A study cannot be used by the job's algorithm, or holds too little of the space.
    """
    observed: dict[str, Outcome] = {}
    earlier, told = [], []
    for place, name in enumerate(plan.job.search.start_from):
        field = f"{FIELD}[{place}]"
        study = _study(store, name, field)
        trials = [one for one in store.trials(study.id) if _ended(one, until)]
        if _same_task(plan, study, trials):
            known = [each for one in trials if (each := _observed(plan.space, one))]
            told.append(f"{name}: {len(known)} of {len(trials)} networks count as known here")
            observed |= {each.proposal.fingerprint: each for each in known}
            continue
        if plan.job.search.algorithm != "pareto":
            rule = "a study of other data or of another recipe can serve `pareto` alone"
            raise InputError(field, rule, name, "Write `algorithm: pareto`, or leave it out.")
        found = _elsewhere(plan, study, trials, sizer, field)
        told.append(f"{name}: {len(found.size)} of {len(trials)} networks lie in this space")
        earlier.append(found)
    return Knowledge(tuple(observed.values()), tuple(earlier), "; ".join(told))


def _study(store: Store, name: str, field: str) -> StudyRecord:
    try:
        return store.study(name)
    except InputError as error:
        raise InputError(field, error.rule, name, error.suggestion) from None


def _ended(trial: TrialRecord, until: datetime | None) -> bool:
    before = until is None or (trial.ended is not None and trial.ended <= until)
    return trial.state == "finished" and trial.accuracy is not None and before


def _same_task(plan: Plan, study: StudyRecord, trials: Sequence[TrialRecord]) -> bool:
    """Return whether accuracies there are what they would be here."""
    recipe, split = plan.recipe.to_dict(), plan.job.split.model_dump(mode="json")
    return (
        study.data["hash"] == plan.split.data_hash
        and study.job["split"] == split
        and all(one.recipe == recipe for one in trials)
    )


def _observed(space: SearchSpace, trial: TrialRecord) -> Outcome | None:
    """Return the trial as one of this space, or None where its network is not in there."""
    point = space.point_of(Architecture.from_dict(trial.architecture))
    if point is None:
        return None
    try:
        return Outcome(Proposal(point, space.build(point)), trial.accuracy)
    except InfeasibleError:
        return None


def _elsewhere(
    plan: Plan, study: StudyRecord, trials: Sequence[TrialRecord], sizer: Sizer, field: str
) -> Earlier:
    """Return the networks of a study as points of this space, each once."""
    accuracies: dict[Point, float] = {}
    if trials:
        first = Architecture.from_dict(trials[0].architecture)
        its = SearchSpace.from_dict(
            study.space, input_shape=first.input_shape, classes=first.classes
        )
        for one in trials:
            point = _point(plan.space, its, one)
            if point is not None and one.accuracy is not None:
                accuracies[point] = one.accuracy
    points = np.array(list(accuracies), dtype=np.int64).reshape(-1, len(plan.space.dimensions))
    costs = plan.space.costs(points)
    found = Earlier(points, sizer.many(points, costs), np.array(list(accuracies.values())))
    found = found.part(np.flatnonzero(costs.valid))
    if len(found.size) < _LEAST:
        rule = f"at least {_LEAST} finished networks of the study must lie in this space"
        raise InputError(field, rule, f"{study.name}: {len(found.size)} of {len(trials)}")
    return found


def _point(space: SearchSpace, its: SearchSpace, trial: TrialRecord) -> Point | None:
    """Return the point of the same labels, or else that of the same layers."""
    labels = its.labels(trial.point)
    known = {each.name: each.labels for each in space.dimensions}
    if labels.keys() == known.keys() and all(labels[name] in known[name] for name in labels):
        return space.point_of_labels(labels)
    layers = Architecture.from_dict(trial.architecture).layers
    try:
        # The last layer is that of the classes. Behind other images the others may not fit.
        moved = Architecture(
            space.input_shape, space.classes, (*layers[:-1], Linear(space.classes))
        )
    except InputError:
        return None
    return space.point_of(moved)
