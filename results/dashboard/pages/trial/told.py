"""How a trial was trained, and where, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

from ...listing import listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash.development.base_component import Component

    from ....records import StudyRecord, TrialRecord
    from ....store import Store


def recipe(trial: TrialRecord) -> Component:
    """Return the recipe of a trial, its seed, and why earlier attempts ended."""
    told = {**trial.recipe, "seed": trial.seed}
    if trial.restarts is not None:
        told |= {"attempt": trial.attempt, "before": trial.restarts}
    return _table("Recipe", told)


def surroundings(store: Store, study: StudyRecord) -> Component:
    """Return where the study of a trial ran last: versions, device, revision."""
    starts = store.environments(study.id)
    if not starts:
        return dmc.Text("Where it ran was not recorded.", c="dimmed")
    return _table("Surroundings of the study's last start", _flat(starts[-1].environment))


def _flat(document: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in document.items():
        inner = isinstance(value, dict)
        told |= _flat(value, f"{before}{name} ") if inner else {f"{before}{name}": value}
    return told


def _table(title: str, told: Mapping[str, Any]) -> Component:
    rows = [(name, str(value)) for name, value in told.items() if value is not None]
    return dmc.Stack(
        [dmc.Title(title, order=2, size="h4"), listing(("setting", "value"), rows)], gap="xs"
    )
