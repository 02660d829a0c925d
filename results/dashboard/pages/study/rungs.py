"""Where trainings were stopped, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import dash_mantine_components as dmc
from dash import dcc

from .... import columns
from ....frames import trials_frame
from ....marks import percent
from ...listing import listing

if TYPE_CHECKING:
    import pandas as pd
    from dash.development.base_component import Component

    from ....records import StudyRecord
    from ...context import Context

_TOLD: Final = 50
"""Stops whose reason is shown: the newest."""


def rungs(context: Context, study: StudyRecord) -> Component:
    """Return how many trials came to each epoch where some were stopped, and the newest reasons."""
    frame = context.snapshots.of(study).frame
    stopped = frame[frame[columns.STATE] == "stopped"]
    if stopped.empty:
        rule = (study.job.get("search") or {}).get("stop", "none")
        why = "its job asks for none" if rule == "none" else f"by {rule} none was due"
        return dmc.Text(f"No training was stopped early: {why}.", c="dimmed")
    return dmc.Stack([_epochs(frame, stopped), _reasons(context, study, stopped)])


def _epochs(frame: pd.DataFrame, stopped: pd.DataFrame) -> Component:
    rows = []
    for epoch, count in stopped[columns.EPOCHS].value_counts().sort_index().items():
        came = int((frame[columns.EPOCHS] >= epoch).sum())
        rows.append((f"{epoch}", f"{came:,}", f"{count:,}", f"{count / came:.1%}"))
    return listing(("epoch", "came to it", "stopped there", "share"), rows, maw=520)


def _reasons(context: Context, study: StudyRecord, stopped: pd.DataFrame) -> Component:
    numbers = stopped[columns.NUMBER].tail(_TOLD).tolist()
    found = trials_frame(context.store, study.id, numbers=numbers).iloc[::-1].to_dict("records")
    rows = [
        (
            dcc.Link(
                str(row[columns.NUMBER]),
                href=context.href("/trial", study=study.name, number=row[columns.NUMBER]),
            ),
            percent(row[columns.ACCURACY]),
            str(row[columns.REASON]),
        )
        for row in found
    ]
    return listing(("trial", "accuracy", "reason"), rows, width=560)
