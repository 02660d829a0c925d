"""The picture of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....figures import front_figure
from ....finals import finalists_frame
from ...graphs import dressed
from ...thinning import drawn

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from ....records import StudyRecord
    from ...context import Context
    from ...thinning import View


def picture(context: Context, study: StudyRecord, size: str, view: View | None = None) -> go.Figure:
    """Return accuracy against size to brush in.

    Args:
        context: Where the study stands.
        study: Which one.
        size: The cost on the horizontal axis.
        view: What is seen; the whole where none is given.
    """
    frame = context.snapshots.of(study).frame
    finalists = finalists_frame(context.store, study.id, study.size)
    figure = front_figure(frame, size, finalists=finalists, drawn=drawn(frame, size, view))
    # Zoom and selection outlive a new figure as long as its axes are the same.
    figure.update_layout(
        dragmode="select", selectdirection="any", uirevision=f"{study.name} {size}"
    )
    return dressed(figure)
