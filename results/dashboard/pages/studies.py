"""All studies of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import dash_mantine_components as dmc
from dash import dcc

from ... import columns
from ...overview import studies_frame

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

    from ..address import Address
    from ..context import Context

path: Final = "/"
title: Final = "Studies"


def layout(context: Context, address: Address) -> Component:
    """Return the list of studies."""
    frame = studies_frame(context.store, archived="archived" in address.values)
    if frame.empty:
        return dmc.Text("No study yet. `sizewise run digits` makes the first one.")
    rows = [
        [dcc.Link(name, href=context.href("/study", name=name)), state]
        for name, state in zip(frame[columns.STUDY], frame[columns.STATE], strict=True)
    ]
    return dmc.Table(data={"head": ["study", "state"], "body": rows}, striped=True)


def wire(app: Dash, context: Context) -> None:
    """Register nothing: the list stands as it was made."""
