"""Stages and heads as plain dictionaries, for YAML and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from ..errors import InputError, closest
from .stage import Head, Stage

_Part = TypeVar("_Part", Stage, Head)

KNOWN = ("stages", "head", "growing")
"""The fields of the `space` mapping."""


def read_space(document: object) -> tuple[tuple[Stage, ...], Head, bool]:
    """Return stages, head and whether filters grow, of the `space` mapping of a job.

    Raises:
        InputError: A field is not known or breaks its rule, such as ``stages[1].kernel``.
    """
    if not isinstance(document, Mapping):
        raise InputError("", "a space must be a mapping with `stages` and `head`", document)
    if "where" in document:
        rule = "a document cannot hold a rule in Python"
        hint = "Give `where=` to SearchSpace or to SearchSpace.from_dict."
        raise InputError("where", rule, document["where"], hint)
    _check_names("", document, KNOWN)
    stages = document.get("stages")
    if not isinstance(stages, list | tuple) or not stages:
        raise InputError("stages", "there must be a list of at least one stage", stages)
    read = tuple(_read(f"stages[{place}]", Stage, stage) for place, stage in enumerate(stages))
    growing = document.get("growing", False)
    if not isinstance(growing, bool):
        raise InputError("growing", "it must be true or false", growing)
    return read, _read("head", Head, document.get("head", {})), growing


def write_space(stages: tuple[Stage, ...], head: Head, *, growing: bool) -> dict[str, Any]:
    """Return the mapping that `read_space` reads; fields at their defaults are left out."""
    document: dict[str, Any] = {"stages": [_write(stage) for stage in stages]}
    if written := _write(head):
        document["head"] = written
    return document | ({"growing": True} if growing else {})


def _read(where: str, kind: type[_Part], document: object) -> _Part:
    if not isinstance(document, Mapping):
        raise InputError(where, "it must be a mapping from fields to choices", document)
    known = {field.name: field for field in fields(kind)}
    _check_names(where, document, known)
    for name, field in known.items():
        if field.default is MISSING and name not in document:
            raise InputError(f"{where}.{name}", "the field must be given", None)
    try:
        return kind(**document)
    except InputError as error:
        raise error.inside(where) from None


def _write(part: Stage | Head) -> dict[str, Any]:
    values = {field.name: (getattr(part, field.name), field.default) for field in fields(part)}
    return {name: _thawed(value) for name, (value, default) in values.items() if value != default}


def _thawed(value: Any) -> Any:
    return [_thawed(each) for each in value] if isinstance(value, tuple) else value


def _check_names(where: str, document: Mapping[Any, Any], known: Any) -> None:
    for name in document:
        if name not in known:
            error = InputError(str(name), "the field must be known", name, closest(name, known))
            raise error.inside(where) if where else error
