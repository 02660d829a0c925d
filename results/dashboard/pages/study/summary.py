"""A study in one line, with its tags and its note."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import dash_mantine_components as dmc

from .... import columns
from ....frames import front_mask
from ....marks import percent
from ....pace import seconds_left
from ..studies import badge

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from ....records import StudyRecord
    from ...context import Context


def summary(context: Context, study: StudyRecord) -> Component:
    """Return state, counts and best of a study in one line, then its tags and its note."""
    frame = context.snapshots.of(study).frame
    states = frame[columns.STATE].value_counts()
    finished = frame[frame[columns.STATE] == "finished"]
    ended = len(frame) - states.get("running", 0)
    budget = (study.job.get("budget") or {}).get("trials")
    told = [f"{ended:,} of {budget:,} trials" if budget else f"{ended:,} trials"]
    told += [f"{states[name]:,} {name}" for name in ("stopped", "failed") if name in states]
    told += _busy(study, int(states.get("running", 0)))
    seconds = seconds_left(context.store, study)
    told += [] if seconds is None else [f"about {timedelta(seconds=round(seconds))} left"]
    if len(finished):
        told.append(f"best {percent(finished[columns.ACCURACY].max())}")
    if len(study.sizes) > 1:
        told.append(f"{int(front_mask(frame, *study.sizes).sum())} on the front of both sizes")
    line = [badge(study.state), *(dmc.Text(each, size="sm") for each in told)]
    line += [dmc.Badge(tag, variant="outline") for tag in study.tags]
    notes = [dmc.Text(study.note, size="sm", c="dimmed")] if study.note else []
    return dmc.Stack([dmc.Group(line, gap="md"), *notes], gap="xs")


def _busy(study: StudyRecord, running: int) -> list[str]:
    """Return how many workers and GPUs train, as far as the job says how many there are."""
    if not running:
        return []
    run = study.job.get("run") or {}
    workers, share = run.get("workers", "auto"), run.get("gpus_per_trial", "auto")
    of = f" of {workers}" if isinstance(workers, int) else ""
    told = [f"{running:,}{of} workers busy"]
    return told if share == "auto" or not share else [*told, f"{running * share:g} GPUs busy"]
