"""Networks that a person wants trained first: from labels, files and trials to points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from results.errors import StoreError
from space import Architecture, InfeasibleError
from space.errors import InputError

from ..algorithms import Proposal
from ..job import TRIAL
from ..taking import find_architecture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from results import Store
    from space import Point, SearchSpace

FIELD = "search.enqueue"


def find_enqueued(
    entries: Sequence[dict[str, Any] | str], space: SearchSpace, store: Store
) -> list[Proposal]:
    """Return the networks that were asked for, each once, in their order.

    Args:
        entries: Labels by dimension, paths of networks, or ``STUDY:TRIAL``.
        space: Where they must lie.
        store: Where the studies are kept.

    Raises:
        InputError: An entry names no network, or one outside the space or its limits.
    """
    found: dict[str, Proposal] = {}
    for place, entry in enumerate(entries):
        field = f"{FIELD}[{place}]"
        if isinstance(entry, dict):
            point = _labelled(entry, space, field)
        else:
            point = _placed(_architecture(entry, store, field), space, field, entry)
        proposal = _proposed(point, space, field, entry)
        found.setdefault(proposal.fingerprint, proposal)
    return list(found.values())


def _labelled(labels: dict[str, Any], space: SearchSpace, field: str) -> Point:
    names = [each.name for each in space.dimensions]
    missing = [name for name in names if name not in labels]
    if missing and labels.keys() <= set(names):
        rule = f"every dimension must have a label; missing are {', '.join(missing)}"
        raise InputError(field, rule, labels)
    try:
        return space.point_of_labels(labels)
    except InputError as error:
        raise error.inside(field) from None


def _architecture(entry: str, store: Store, field: str) -> Architecture:
    named = TRIAL.fullmatch(entry)
    try:
        if named is None:
            return find_architecture(entry)
        study = store.study(named["study"])
        return Architecture.from_dict(store.trial(study.id, int(named["number"])).architecture)
    except StoreError as error:
        raise InputError(field, error.rule, entry, error.suggestion) from None
    except InputError as error:
        rule = "must be labels by dimension, the path of a network, or STUDY:TRIAL"
        raise InputError(field, rule, entry, str(error)) from None


def _placed(architecture: Architecture, space: SearchSpace, field: str, entry: str) -> Point:
    point = space.point_of(architecture)
    if point is not None:
        return point
    mine, its = (
        f"images {each.input_shape} and {each.classes} classes" for each in (space, architecture)
    )
    hint = "No choices of the space build it; `sizewise describe` shows it layer by layer."
    if mine != its:
        hint = f"It is made for {its}, the space for {mine}."
    raise InputError(field, "the network must lie in the space", entry, hint)


def _proposed(point: Point, space: SearchSpace, field: str, entry: object) -> Proposal:
    try:
        return Proposal(point, space.build(point))
    except InfeasibleError as error:
        rule = f"the network must fit and lie inside the limits: {error.reason}"
        raise InputError(field, rule, entry, "Leave it out, or widen the limits.") from None
