"""An algorithm with all that its study was told beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from results import columns
from space.errors import InputError

from ..algorithms import choose_algorithm
from ..algorithms.sizer import Formula
from .earlier import find_knowledge
from .enqueue import FIELD, find_enqueued
from .queued import Queued

if TYPE_CHECKING:
    from collections.abc import Sequence

    from results import Store, StudyRecord

    from ..algorithms import Algorithm
    from ..algorithms.sizer import Sizer
    from ..plan import Plan


def settle(plan: Plan, store: Store) -> Plan:
    """Return the plan with what it names elsewhere written out, so that a resume needs it no more.

    Raises:
        InputError: A network cannot be found, or lies outside the space, or there are too many.
    """
    search, trials = plan.job.search, plan.job.budget.trials
    found = find_enqueued(search.enqueue, plan.space, store)
    if len(found) > trials:
        rule = f"must hold no more networks than budget.trials, {trials}"
        raise InputError(FIELD, rule, len(found))
    labels = [plan.space.labels(each.point) for each in found]
    # Whether it can be used does not depend on how sizes are known.
    find_knowledge(plan, store, Formula("params"))
    search = search.model_copy(update={"enqueue": labels})
    return replace(plan, job=plan.job.model_copy(update={"search": search}))


def find_sizers(plan: Plan, store: Store, study: StudyRecord) -> tuple[Sizer, ...]:
    """Return what tells each size, one or two, of a study's networks."""
    return tuple(_sizer(name, plan, store, study) for name in plan.job.search.sizes)


def _sizer(name: str, plan: Plan, store: Store, study: StudyRecord) -> Sizer:
    if name != columns.LATENCY_MS:
        return Formula(name)
    from ..latency import find_latency  # noqa: PLC0415  only such studies measure anything

    return find_latency(plan.space, store, study, plan.job.search.seed)


def begin(
    plan: Plan, store: Store, study: StudyRecord, sizers: Sequence[Sizer]
) -> tuple[Algorithm, str]:
    """Return the algorithm of a study with what it starts from, and that in words.

    It knows what earlier studies had found when this one began, and trains first what the job
    enqueues.

    Raises:
        InputError: An earlier study is not there any more.
    """
    search = plan.job.search
    knowledge = find_knowledge(plan, store, sizers[0], study.created)
    algorithm = choose_algorithm(search, plan.space, knowledge.earlier, sizers)
    for outcome in knowledge.observed:
        algorithm.recall(outcome.proposal)
        algorithm.tell(outcome)
    first = find_enqueued(search.enqueue, plan.space, store)
    return (Queued(algorithm, first) if first else algorithm), knowledge.text
