"""The fields of a job as a form, and the job that a filled form says."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

LONG: Final = "space"
MONOSPACE: Final = {"input": {"fontFamily": "monospace", "fontSize": "12px"}}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a job that the form asks for; the rest of a job stays as it is."""

    path: str
    label: str
    hint: str = ""


FIELDS: Final = (
    Field("study", "Name", "empty for the next free one"),
    Field("data", "Images", "digits, npz:FILE, folder:FOLDER or hf:NAME"),
    Field("limits.params", "Most params"),
    Field("limits.macs", "Most macs"),
    Field("budget.trials", "Trials"),
    Field("budget.minutes", "Minutes"),
    Field("recipe.epochs", "Epochs"),
    Field("recipe.batch_size", "Batch size"),
    Field("search.algorithm", "Algorithm"),
    Field("search.stop", "Stop trainings early"),
    Field("search.size", "Size"),
    Field("search.also", "Second size"),
    Field("search.seed", "Seed"),
    Field("run.runner", "Runner"),
    Field("run.workers", "Workers", "a number, or auto"),
    Field("run.cpus_per_trial", "Cores a trial"),
    Field("run.gpus_per_trial", "GPUs a trial", "a share, or auto"),
    Field(LONG, "Space", "stages and head as YAML, or the name of a preset"),
)


def form(schema: Mapping[str, Any], job: Mapping[str, Any]) -> list[Component]:
    """Return an input for each field, filled from a job.

    Args:
        schema: The JSON schema of a job: what may be chosen, and what stands where nothing is said.
        job: As a document.
    """
    return [_input(field, schema, _at(job, field.path)) for field in FIELDS]


def shown(value: Any, path: str) -> Any:
    """Return a value of a job as its input shows it."""
    if path == LONG and isinstance(value, dict):
        return yaml.safe_dump(value, sort_keys=False, default_flow_style=None, width=110).strip()
    return "" if value is None else value if isinstance(value, (int, float)) else str(value)


def values(job: Mapping[str, Any]) -> list[Any]:
    """Return what the inputs show of a job, in the order of the fields."""
    return [shown(_at(job, field.path), field.path) for field in FIELDS]


def said(base: Mapping[str, Any], filled: Sequence[Any]) -> dict[str, Any]:
    """Return the job that a filled form says; what it does not ask for is as in ``base``."""
    document: dict[str, Any] = copy.deepcopy(dict(base))
    for field, value in zip(FIELDS, filled, strict=True):
        *sections, name = field.path.split(".")
        place = document
        for section in sections:
            place = place.setdefault(section, {})
        if value is None or value == "":
            place.pop(name, None)
        else:
            place[name] = _meant(value, field.path)
    return {name: value for name, value in document.items() if value not in ({}, None)}


def field_of(place: str) -> str | None:
    """Return the field of the form that an error speaks of, None where it has none."""
    found = [
        each.path for each in FIELDS if f"{place}.".replace("[", ".").startswith(f"{each.path}.")
    ]
    return found[0] if found else None


def _meant(value: Any, path: str) -> Any:
    """Return what a text means: of a space its YAML, of a number that or a word, else itself."""
    if not isinstance(value, str) or path in {"study", "data"}:
        return value
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError:
        return value


def _input(field: Field, schema: Mapping[str, Any], value: Any) -> Component:
    told = {
        "id": {"type": "launch-field", "field": field.path},
        "label": field.label,
        "description": field.hint or None,
        "value": shown(value, field.path),
        "inputWrapperOrder": ["label", "input", "description", "error"],
    }
    kind = _kind(schema, field.path)
    usual = kind.get("default")
    if field.path == LONG:
        return dmc.Textarea(
            **told, autosize=True, minRows=6, maxRows=18, debounce=500, styles=MONOSPACE
        )
    if choices := _choices(kind):
        return dmc.Select(**told, data=choices, clearable=True, placeholder=str(usual or "none"))
    if field.path.startswith(("limits.", "recipe.")) or kind.get("type") in {"integer", "number"}:
        return dmc.NumberInput(
            **told, debounce=500, placeholder="" if usual is None else str(usual)
        )
    return dmc.TextInput(**told, debounce=500, placeholder="" if usual is None else str(usual))


def _kind(schema: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return what the schema says of a field; nothing where it is free."""
    found: Mapping[str, Any] = schema
    for name in path.split("."):
        found = _resolved(schema, found).get("properties", {}).get(name, {})
    options = [each for each in found.get("anyOf", ()) if each.get("type") != "null"]
    return {**options[0], **found} if len(options) == 1 else found


def _resolved(schema: Mapping[str, Any], found: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(found.get("$ref", "")).rpartition("/")[2]
    return schema["$defs"][name] if name else found


def _choices(kind: Mapping[str, Any]) -> list[str]:
    return [str(each) for each in kind.get("enum", ())]


def _at(job: Mapping[str, Any], path: str) -> Any:
    found: Any = job
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
