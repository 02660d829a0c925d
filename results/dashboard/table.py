"""The table of trials: its columns, and which rows it shows in which order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from space.errors import InputError

from .. import columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

_NUMBER: Final = {"filter": "agNumberColumnFilter", "type": "rightAligned"}
_COUNT: Final = {"function": "params.value == null ? '' : d3.format(',')(params.value)"}
_SHARE: Final = {"function": "params.value == null ? '' : d3.format('.2%')(params.value)"}
_SHORT: Final = {"function": "params.value == null ? '' : d3.format(',.3~r')(params.value)"}


def _number(field: str, name: str, form: Mapping[str, str] = _COUNT) -> dict[str, Any]:
    return {"field": field, "headerName": name, "valueFormatter": form, **_NUMBER}


def _text(field: str, name: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "headerName": name, "sortable": False, "tooltipField": field, **more}


COLUMNS: Final[list[dict[str, Any]]] = [
    _number(columns.NUMBER, "trial"),
    {"field": columns.STATE, "headerName": "state", "filter": "agTextColumnFilter"},
    _number(columns.ACCURACY, "accuracy", _SHARE),
    _number(columns.PARAMS, "params"),
    _number(columns.MACS, "macs"),
    _number(columns.ACTIVATION_BYTES, "activation bytes"),
    _number(columns.WEIGHT_BYTES, "weight bytes"),
    _number(columns.LATENCY_MS, "latency ms", _SHORT),
    _number(columns.EPOCHS, "epochs"),
    _number(columns.SECONDS, "seconds", _SHORT),
    _text(columns.OUTLINE, "network", minWidth=220),
    _text(columns.REASON, "reason", minWidth=160),
]
_ORDERS: Final = ("asc", "desc")
_SORTED: Final = {each["field"] for each in COLUMNS if each.get("sortable", True)}


def ordered(text: str) -> list[dict[str, Any]]:
    """Return the columns, sorted as an address says: ``accuracy desc,params asc``."""
    told = [word.split(" ") for word in text.split(",")]
    orders = {word[0]: (at, word[-1]) for at, word in enumerate(told) if word[-1] in _ORDERS}
    return [
        {**each, "sort": orders[each["field"]][1], "sortIndex": orders[each["field"]][0]}
        if each["field"] in orders
        else each
        for each in COLUMNS
    ]


def filters(text: str) -> dict[str, Any]:
    """Return AG Grid's filter model as an address says it, in JSON.

    Raises:
        InputError: It is something else.
    """
    try:
        model = json.loads(text or "{}")
    except ValueError:
        model = None
    if not isinstance(model, dict) or not all(map(_is_filter, model.values())):
        raise InputError("filter", "must be a mapping of columns to filters, as JSON", text)
    return model


def _is_filter(model: Any) -> bool:
    """Return whether it is a filter of one column: its bounds are numbers, or it is of texts."""
    if not isinstance(model, dict):
        return False
    conditions = model.get("conditions") or []
    kind = str if model.get("filterType") == "text" else (int, float)
    bounds = [model[name] for name in ("filter", "filterTo") if model.get(name) is not None]
    return (
        isinstance(conditions, list)
        and all(map(_is_filter, conditions))
        and all(isinstance(each, kind) for each in bounds)
    )


def chosen(
    frame: pd.DataFrame, order: Sequence[Mapping[str, Any]], filters: Mapping[str, Any]
) -> pd.DataFrame:
    """Return the rows that pass all filters, in order; ties come by number.

    Args:
        frame: With the columns that may be sorted and filtered by.
        order: AG Grid's sort model: columns and directions, the first counts most.
        filters: AG Grid's filter model. What it does not know passes all.
    """
    for name, model in filters.items():
        if name in _SORTED and name in frame:
            frame = frame[_passes(frame[name], model)]
    by = [each for each in order if each.get("colId") in _SORTED]
    names = [each["colId"] for each in by] + [columns.NUMBER]
    upward = [each.get("sort") != "desc" for each in by] + [True]
    return frame.sort_values(names, ascending=upward, kind="stable") if by else frame


def _passes(values: pd.Series[Any], model: Mapping[str, Any]) -> pd.Series[bool]:
    """Return which values pass a filter of one column, or of two conditions joined."""
    if conditions := model.get("conditions"):
        found = [_passes(values, each) for each in conditions]
        joined = found[0]
        for each in found[1:]:
            joined = joined & each if model.get("operator") == "AND" else joined | each
        return joined
    kind, told = model.get("type"), model.get("filter")
    if model.get("filterType") == "text":
        return _holds(values, str(kind), str(told or "").lower())
    return _lies(values, str(kind), told, model.get("filterTo"))


def _holds(values: pd.Series[Any], kind: str, told: str) -> pd.Series[bool]:
    text = values.astype(str).str.lower()
    known = {
        "contains": lambda: text.str.contains(told, regex=False),
        "notContains": lambda: ~text.str.contains(told, regex=False),
        "equals": lambda: text == told,
        "notEqual": lambda: text != told,
        "startsWith": lambda: text.str.startswith(told),
        "endsWith": lambda: text.str.endswith(told),
    }
    return known[kind]() if kind in known else text.notna()


def _lies(values: pd.Series[Any], kind: str, low: Any, high: Any) -> pd.Series[bool]:
    known = {
        "equals": lambda: values == low,
        "notEqual": lambda: values != low,
        "lessThan": lambda: values < low,
        "lessThanOrEqual": lambda: values <= low,
        "greaterThan": lambda: values > low,
        "greaterThanOrEqual": lambda: values >= low,
        "inRange": lambda: (values >= low) & (values <= high),
        "blank": values.isna,
        "notBlank": values.notna,
    }
    return known[kind]() if kind in known else values.notna() | values.isna()
