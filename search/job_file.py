"""From a YAML file, or the name of a built-in job, to a job that has been checked."""

from __future__ import annotations

import re
from functools import reduce
from importlib.resources import files
from operator import getitem
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, get_args

import yaml
from pydantic import BaseModel, ValidationError

from space.errors import InputError, closest
from space.presets import REFERENCES

from .job import TRIAL, Job

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    from pydantic_core import ErrorDetails

BUILT_IN_FOLDER = files("search") / "jobs"
PATH_SOURCES = ("npz:", "folder:")


def built_in_jobs() -> list[str]:
    """Return the names that ``sizewise run`` takes in place of a file."""
    return sorted(entry.name.removesuffix(".yaml") for entry in BUILT_IN_FOLDER.iterdir())


def read_job(name: str, *, elsewhere: bool = False) -> tuple[str, Job]:
    """Return the stem to name studies after, and the job.

    Args:
        name: A path to a YAML file, or the name of a built-in job.
        elsewhere: Whether it will run on another machine, so that its paths must be absolute.

    Raises:
        InputError: When there is no such job, or something in it breaks a rule.
    """
    if name in built_in_jobs():
        return name, parse_job((BUILT_IN_FOLDER / f"{name}.yaml").read_text(), base=Path.cwd())
    path = Path(name)
    if not path.is_file():
        raise InputError("JOB", "must be a job file or a built-in job", name, _nearest_job(path))
    # A study's name is also that of a folder, so it is kept to plain letters.
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-.")
    return stem or "job", parse_job(_text(path), base=None if elsewhere else path.parent)


def parse_job(text: str, *, base: Path | None) -> Job:
    """Return the job that a YAML text describes; paths in it are seen from ``base``.

    Raises:
        InputError: Something in it breaks a rule, or a path is relative to no folder.
    """
    job = _validate(_mapping(text))
    run = job.run
    if run.storage is not None and "://" not in run.storage:
        run = run.model_copy(update={"storage": _from(base, run.storage, "run.storage")})
    first = [_network(entry, base) for entry in job.search.enqueue]
    search = job.search.model_copy(update={"enqueue": first})
    return job.model_copy(update={"data": _absolute(job.data, base), "search": search, "run": run})


def override(job: Job, changes: Mapping[str, Any]) -> Job:
    """Return the job with other values for some dotted fields; None leaves a field as it is."""
    document = job.model_dump()
    for field, value in changes.items():
        if value is not None:
            *sections, name = field.split(".")
            reduce(getitem, sections, document)[name] = value
    return _validate(document)


def _validate(document: Mapping[str, Any]) -> Job:
    try:
        return Job.model_validate(document)
    except ValidationError as error:
        raise _explain(error) from None


def _text(path: Path | Traversable) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("JOB", "must be a readable text file", str(path), str(error)) from None


def _nearest_job(path: Path) -> str:
    folder = path.parent if path.parent.is_dir() else Path()
    beside = [str(found) for found in folder.glob("*.y*ml")]
    return closest(path, [*beside, *built_in_jobs()])


def _mapping(text: str) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        field = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "JOB"
        problem = getattr(error, "problem", None) or str(error)
        raise InputError(field, "must be YAML", problem, "Check indents and brackets.") from None
    if not isinstance(document, dict):
        rule = "must be a mapping of fields such as data, space and budget"
        raise InputError("JOB", rule, document, "See examples/digits.yaml.")
    return document


def _absolute(source: str, base: Path | None) -> str:
    for prefix in PATH_SOURCES:
        if source.startswith(prefix):
            return prefix + _from(base, source.removeprefix(prefix), "data")
    return source


def _network(entry: dict[str, Any] | str, base: Path | None) -> dict[str, Any] | str:
    """Return an entry of `search.enqueue` with its path, where it is one, seen from the job."""
    if isinstance(entry, dict) or entry in REFERENCES or TRIAL.fullmatch(entry):
        return entry
    return _from(base, entry, "search.enqueue")


def _from(base: Path | None, written: str, field: str) -> str:
    if base is None and not Path(written).is_absolute():
        rule = "a job for a cluster must name an absolute path that its head can read"
        raise InputError(field, rule, written, "Files of this machine are not sent along.")
    return str(((base or Path()) / written).absolute())


def _explain(error: ValidationError) -> InputError:
    """Return the first thing that pydantic found, in our own form of error."""
    found = error.errors(include_url=False)[0]
    field = _dotted(found["loc"])
    value = found["input"]
    if found["type"] == "extra_forbidden":
        known = _fields_beside(found["loc"])
        return InputError(field, "is not a field of a job", value, closest(found["loc"][-1], known))
    if found["type"] == "missing":
        return InputError(field, "is required", None, "See examples/digits.yaml.")
    return InputError(field, _rule(found), value, _choices(found))


def _dotted(location: tuple[int | str, ...]) -> str:
    # A union adds the name of the branch that was tried, which is no part of what was written.
    depth = 1
    while depth < len(location) and _section(location[:depth]) is not None:
        depth += 1
    return ".".join(str(part) for part in location[:depth])


def _section(location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the section that stands at a place of the job, or None where a plain field does."""
    model: type[BaseModel] | None = Job
    for part in location:
        info = None if model is None else model.model_fields.get(str(part))
        known = () if info is None else (info.annotation, *get_args(info.annotation))
        model = next((one for one in known if _is_section(one)), None)
    return model


def _is_section(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _fields_beside(location: tuple[int | str, ...]) -> list[str]:
    model = _section(location[:-1])
    return [] if model is None else list(model.model_fields)


def _rule(found: ErrorDetails) -> str:
    message = found["msg"].removeprefix("Input should be ")
    return message[0].lower() + message[1:] if message == found["msg"] else f"must be {message}"


def _choices(found: ErrorDetails) -> str:
    if found["type"] != "literal_error":
        return str(found.get("ctx", {}).get("suggestion", ""))
    known = str(found["ctx"]["expected"]).replace(" or ", ", ").split(", ")
    return closest(found["input"], [word.strip("'") for word in known])
