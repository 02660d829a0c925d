"""A job held against its data: everything that can be wrong is found before anything starts."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from results.splits import stored_split as read_split
from space import SearchSpace
from space.errors import InputError, closest
from space.presets import PRESETS
from trainers import Recipe, load_data
from trainers.data import split

from .goal import check_aims

if TYPE_CHECKING:
    from collections.abc import Iterator

    from results import Store, StudyRecord
    from trainers import ImageData, Split

    from .job import Job, SplitSettings


@dataclass(frozen=True, slots=True)
class Plan:
    """A job whose every part has been checked against the others."""

    job: Job
    split: Split
    space: SearchSpace
    recipe: Recipe


def prepare(job: Job, parts: Split | None = None) -> Plan:
    """Load the data and check space, limits and recipe against it.

    Args:
        job: The job.
        parts: The split of an earlier run, as `stored_split` gives it; without it one is drawn.

    Raises:
        InputError: With the field of the job that breaks a rule.
    """
    check_aims(job.search)
    with _section("recipe"):
        recipe = Recipe.from_dict(job.recipe)
    if job.budget.epochs is not None and job.budget.epochs < recipe.epochs:
        rule = f"must be enough for one trial, {recipe.epochs} epochs by the recipe"
        raise InputError("budget.epochs", rule, job.budget.epochs)
    if parts is None:
        parts = draw_split(job.data, job.split, job.search.seed)[1]
    document, limits = _space_of(job)
    with _section("space", apart="limits"):
        space = SearchSpace.from_dict(
            document,
            input_shape=parts.train.images.shape[1:],
            classes=len(parts.class_names),
            limits=limits,
        )
    return Plan(job, parts, space, recipe)


def draw_split(source: str, shares: SplitSettings, seed: int) -> tuple[ImageData, Split]:
    """Load the data and divide them as a new study would.

    Raises:
        InputError: The data cannot be read or divided.
    """
    with _section("split"):
        data = load_data(source)
        return data, split(data, seed=seed, **shares.model_dump())


def stored_split(store: Store, study: StudyRecord) -> Split:
    """Return the split that a study began with.

    Raises:
        InputError: Its data or its split cannot be read any more, or have changed.
    """
    with _section("split"):
        return read_split(store, study)


def _space_of(job: Job) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the document of the job's space, and its limits: a preset's own where it has none."""
    if isinstance(job.space, dict):
        return job.space, job.limits
    if job.space not in PRESETS:
        rule = "must be stages and a head, or the name of a preset"
        raise InputError("space", rule, job.space, closest(job.space, PRESETS))
    preset = PRESETS[job.space]
    return dict(preset.document), {**preset.limits, **job.limits}


@contextmanager
def _section(name: str, apart: str = "data") -> Iterator[None]:
    """Name the section of the job in errors of the package that owns it, another section apart."""
    try:
        yield
    except InputError as error:
        raise (error if error.field.startswith(apart) else error.inside(name)) from None
