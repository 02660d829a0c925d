"""One study: accuracy against size, live, and its trials as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, no_update

from .... import columns
from ....comparing import MOST
from ....frames import trials_frame
from ....marks import CAPTIONS
from ...graphs import graph
from ...spoken import label
from ...table import chosen, filters, ordered
from ...thinning import View
from . import tabs
from .picture import picture
from .summary import summary

if TYPE_CHECKING:
    import pandas as pd
    from dash.development.base_component import Component

    from ....records import StudyRecord
    from ...address import Address
    from ...context import Context

path: Final = "/study"
title: Final = ""
_BUTTONS: Final[dict[str, Any]] = {"modeBarButtonsToRemove": ["lasso2d", "autoScale2d"]}
_NAMES: Final = dict(
    zip(columns.SIZES, ("params", "macs", "activations", "weights", "latency"), strict=True)
)


def layout(context: Context, address: Address) -> Component:
    """Return the study that the address names.

    Raises:
        InputError: There is no such study, or no such size.
    """
    study = context.store.study(address.query.get("name", ""))
    size = address.choice("x", study.size, columns.SIZES)
    numbers = address.numbers("trials") if address.query.get("trials") else []
    sizes = dmc.SegmentedControl(
        id="study-size",
        value=size,
        data=[{"value": each, "label": name} for each, name in _NAMES.items()],
        **label("Size on the horizontal axis"),
    )
    return dmc.Stack(
        [
            dmc.Group([dmc.Title(study.name, order=1, size="h2"), sizes], justify="space-between"),
            dmc.Box(summary(context, study), id="study-summary"),
            graph("study-front", picture(context, study, size), "max(52vh, 340px)", **_BUTTONS),
            dmc.Group(
                [
                    dmc.Text(id="study-told", size="sm", c="dimmed"),
                    dmc.Button(
                        "Show all trials", id="study-all", size="compact-sm", variant="default"
                    ),
                ],
                justify="space-between",
            ),
            dag.AgGrid(
                id="study-trials",
                columnDefs=ordered(address.query.get("sort", "")),
                defaultColDef={
                    "resizable": True,
                    "sortable": True,
                    "minWidth": 120,
                    "wrapHeaderText": True,
                    "autoHeaderHeight": True,
                },
                columnSize="responsiveSizeToFit",
                rowModelType="infinite",
                getRowId="params.data.id",
                filterModel=filters(address.query.get("filter", "")),
                selectedRows={"ids": [str(number) for number in numbers]},
                dashGridOptions={
                    "rowBuffer": 0,
                    "maxBlocksInCache": 8,
                    "cacheBlockSize": 100,
                    "infiniteInitialRowCount": 1,
                    "rowSelection": {
                        "mode": "multiRow",
                        "headerCheckbox": False,
                        "checkboxes": False,
                        "enableClickSelection": True,
                    },
                    "theme": {"function": "themeQuartz"},
                },
                style={"height": "46vh", "minHeight": "300px"},
            ),
            dmc.Text(
                f"Click a row to see its trial; with Ctrl or Cmd select up to {MOST} to compare.",
                size="sm",
                c="dimmed",
            ),
            dmc.Box(picked(context, study.name, numbers), id="study-trial"),
            tabs.tabs(address, len(context.snapshots.of(study).frame)),
            dcc.Store(id="study-name", data=study.name),
            dcc.Store(id="study-view"),
            dcc.Store(id="study-brush", data=brush_of(address)),
            dcc.Store(id="study-revision", data=revision(context, study)),
            dcc.Interval(id="study-tick"),
        ]
    )


def brush_of(address: Address) -> list[float] | None:
    """Return the box in an address, ``brush=LEFT,RIGHT,LOW,HIGH``, or None."""
    try:
        ends = [float(each) for each in address.query.get("brush", "").split(",")]
    except ValueError:
        return None
    return ends if len(ends) == 4 else None


def revision(context: Context, study: StudyRecord) -> list[Any]:
    """Return what changes whenever there is something new to show."""
    return [context.snapshots.of(study).revision, study.state]


def boxed(brush: list[float] | None) -> View | None:
    """Return what a brushed box holds."""
    return None if brush is None else View((brush[0], brush[1]), (brush[2], brush[3]))


def wire(app: Dash, context: Context) -> None:
    """Draw, keep true, and answer what is asked of the table."""

    # Apart from drawing: an answer that nothing changed must not overtake a picture.
    @app.callback(
        Output("study-summary", "children"),
        Output("study-revision", "data"),
        Input("study-tick", "n_intervals"),
        State("study-name", "data"),
        State("study-revision", "data"),
        prevent_initial_call=True,
    )
    def look(_: int | None, name: str, seen: list[Any] | None) -> tuple[Any, Any]:
        study = context.store.study(name)
        now = revision(context, study)
        if now == seen:
            return no_update, no_update
        return summary(context, study), now

    @app.callback(
        Output("study-front", "figure"),
        Input("study-revision", "data"),
        Input("study-size", "value"),
        Input("study-view", "data"),
        State("study-name", "data"),
        prevent_initial_call=True,
    )
    def draw(_: list[Any] | None, size: str, view: list[float] | None, name: str) -> Any:
        return picture(context, context.store.study(name), size, boxed(view))

    @app.callback(
        Output("study-trials", "getRowsResponse"),
        Output("study-told", "children"),
        Input("study-trials", "getRowsRequest"),
        State("study-name", "data"),
        State("study-size", "value"),
        State("study-brush", "data"),
        prevent_initial_call=True,
    )
    def rows(
        request: dict[str, Any] | None, name: str, size: str, brush: list[float] | None
    ) -> tuple[Any, Any]:
        if request is None:
            return no_update, no_update
        study = context.store.study(name)
        frame = context.snapshots.of(study).frame
        within = boxed(brush)
        kept = frame if within is None else frame[within.inside(frame, size)]
        found = chosen(kept, request.get("sortModel") or [], request.get("filterModel") or {})
        page = found.iloc[int(request["startRow"]) : int(request["endRow"])]
        told = f"{len(found):,} of {len(frame):,} trials"
        told += "" if within is None else f", {CAPTIONS[size]} and accuracy within the box"
        data = _told(context, study, page).to_dict("records")
        return {"rowData": data, "rowCount": len(found)}, told

    @app.callback(
        Output("study-trial", "children"),
        Input("study-trials", "selectedRows"),
        State("study-name", "data"),
        prevent_initial_call=True,
    )
    def pick(selected: Any, name: str) -> Any:
        # What an address selects is shown already.
        if isinstance(selected, dict):
            return no_update
        return picked(context, name, [int(each["number"]) for each in selected or []])

    tabs.wire(app, context)
    _wire_browser(app)


def picked(context: Context, name: str, numbers: list[int]) -> Component | None:
    """Return what is shown of the rows that are selected."""
    if len(numbers) > 1:
        return several(context, name, numbers)
    return trial(context, name, numbers[0]) if numbers else None


def several(context: Context, name: str, numbers: list[int]) -> Component:
    """Return where several trials are compared."""
    if len(numbers) > MOST:
        return dmc.Text(f"At most {MOST} trials can be compared; {len(numbers)} are selected.")
    told = ",".join(map(str, numbers))
    href = context.href("/compare", study=name, trials=told)
    return dmc.Paper(dcc.Link(f"Compare trials {told.replace(',', ', ')}", href=href), p="md")


def trial(context: Context, name: str, number: int) -> Component:
    """Return one trial in short, and the commands that tell more."""
    study = context.store.study(name)
    record = context.store.trial(study.id, number)
    page = dcc.Link(f"Trial {number}", href=context.href("/trial", study=name, number=number))
    told = [dmc.Text([page, f": {record.outline}"], fw=600)]
    told += [dmc.Text(record.reason, size="sm")] if record.reason else []
    told += [
        dmc.Group(
            [dmc.Code(f"sizewise {word} {name} {number}"), dmc.Text(why, size="sm", c="dimmed")]
        )
        for word, why in (("show", "layers and curve"), ("export", "take it away"))
    ]
    return dmc.Paper(dmc.Stack(told, gap="xs"), withBorder=True, p="md")


def _told(context: Context, study: StudyRecord, page: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a page with their texts and the grid's own id, None where nothing is."""
    texts = [columns.NUMBER, columns.OUTLINE, columns.REASON]
    numbers = page[columns.NUMBER].tolist()
    found = trials_frame(context.store, study.id, numbers=numbers, names=texts)
    joined = page.merge(found, on=columns.NUMBER, how="left").astype(object)
    return joined.where(joined.notna(), None).assign(id=joined[columns.NUMBER].astype(str))


def _wire_browser(app: Dash) -> None:
    """Leave to the browser what it knows best: zoom, brush, address, and when to ask again."""
    app.clientside_callback(
        ClientsideFunction("sizewise", "zoomed"),
        Output("study-view", "data"),
        Input("study-front", "relayoutData"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("sizewise", "brushed"),
        Output("study-brush", "data"),
        Input("study-front", "selectedData"),
        Input("study-all", "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("sizewise", "refresh"),
        Input("study-brush", "data"),
        Input("study-revision", "data"),
        Input("study-size", "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("sizewise", "pace"),
        Output("study-tick", "interval"),
        Input("study-tick", "id"),
    )
    app.clientside_callback(
        ClientsideFunction("sizewise", "addressed"),
        Input("study-size", "value"),
        Input("study-brush", "data"),
        Input("study-tab", "value"),
        Input("study-trials", "getRowsRequest"),
        Input("study-trials", "selectedRows"),
    )
