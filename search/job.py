"""The job document: what a person writes to ask for a search."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    model_validator,
)
from pydantic_core import PydanticCustomError

AlgorithmName = Literal["pareto", "random", "tpe", "gp", "nsga2"]
StopName = Literal["none", "front", "asha", "pareto-asha"]
RunnerName = Literal["ray", "inline"]
Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
TRIAL = re.compile(r"(?P<study>[A-Za-z0-9_][A-Za-z0-9._-]*):(?P<number>\d+)")
"""How a trial of the store is named, such as ``digits:12``."""
SizeName = Literal["params", "macs", "activation_bytes", "weight_bytes", "latency_ms"]


class Section(BaseModel):
    """A part of the job that refuses fields it does not know, and numbers that are none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SplitSettings(Section):
    """How the images are divided, once for the study.

    A data set that brings a test part of its own keeps it, and ``test`` is not used.
    """

    validation: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.2
    test: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.2


class Goal(Section):
    """What the search is after, in place of the whole front: exactly one of accuracy and sizes."""

    min_accuracy: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    max_params: PositiveInt | None = None
    max_macs: PositiveInt | None = None
    max_activation_bytes: PositiveInt | None = None
    max_weight_bytes: PositiveInt | None = None
    max_latency_ms: Positive | None = None
    confidence: Annotated[float, Field(ge=0.5, lt=1.0)] = 0.95

    @model_validator(mode="after")
    def _one(self) -> Goal:
        given = self.model_dump(exclude={"confidence"}, exclude_none=True)
        if len(given) != 1:
            rule = "must name exactly one of {known}"
            known = [name for name in Goal.model_fields if name != "confidence"]
            raise PydanticCustomError("goal", rule, {"known": ", ".join(known)})
        return self


def _listed(names: object) -> object:
    return [names] if isinstance(names, str) else names


class SearchSettings(Section):
    """Which networks to try next, and what they are traded against."""

    algorithm: AlgorithmName = "pareto"
    stop: StopName = "none"
    size: SizeName = "params"
    also: SizeName | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    goal: Goal | None = None
    enqueue: list[dict[str, Any] | str] = []
    start_from: Annotated[list[str], BeforeValidator(_listed)] = []

    @property
    def sizes(self) -> tuple[SizeName, ...]:
        """What accuracy is traded against: one size, or two."""
        return (self.size,) if self.also is None else (self.size, self.also)


class Budget(Section):
    """When the study ends: at the first of these that is reached."""

    trials: PositiveInt = 40
    epochs: PositiveInt | None = None
    minutes: Positive | None = None
    study_minutes: Positive | None = None


def _check_address(address: str) -> str:
    if address in {"local", "auto"} or re.fullmatch(r"[^\s/:]+:\d{1,5}", address):
        return address
    hint = (
        "From a machine outside the cluster: `sizewise submit JOB --address http://HEAD:8265`."
        if "://" in address
        else ""
    )
    rule = "must be local, auto, or HOST:PORT of a Ray cluster that this machine is a node of"
    raise PydanticCustomError("address", rule, {"suggestion": hint})


def _check_storage(storage: str) -> str:
    if re.match(r"[^/]+://[^/]*:[^/]*@", storage):
        rule = "must hold no password, since jobs are kept and shown"
        hint = "fsspec reads FSSPEC_PROTOCOL_PASSWORD, such as FSSPEC_SFTP_PASSWORD."
        raise PydanticCustomError("storage", rule, {"suggestion": hint})
    return storage


class RunSettings(Section):
    """Where the trials are trained."""

    runner: RunnerName = "ray"
    address: Annotated[str, AfterValidator(_check_address)] = "local"
    workers: PositiveInt | Literal["auto"] = "auto"
    cpus_per_trial: PositiveInt = 1
    gpus_per_trial: NotNegative | Literal["auto"] = "auto"
    retries: Annotated[int, Field(ge=0)] = 2
    checkpoint_seconds: NotNegative = 30.0
    storage: Annotated[str, Field(min_length=1), AfterValidator(_check_storage)] | None = None
    silence_minutes: Positive = 30.0


class Job(Section):
    """One search, from images to front.

    ``space``, ``limits`` and ``recipe`` are checked by the packages that own them, once the data
    has said which shape its images have.
    """

    study: str | None = None
    data: str = "digits"
    split: SplitSettings = SplitSettings()
    space: dict[str, Any] | str
    limits: dict[str, Any] = {}
    recipe: dict[str, Any] = {}
    search: SearchSettings = SearchSettings()
    budget: Budget = Budget()
    run: RunSettings = RunSettings()
