"""The job document: what a person writes to ask for a search."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

AlgorithmName = Literal["pareto", "random", "tpe", "gp", "nsga2"]
StopName = Literal["none", "front", "asha", "pareto-asha"]
RunnerName = Literal["ray", "inline"]
SizeName = Literal["params", "macs", "activation_bytes", "weight_bytes"]


class Section(BaseModel):
    """A part of the job that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SplitSettings(Section):
    """How the images are divided, once for the study.

    A data set that brings a test part of its own keeps it, and ``test`` is not used.
    """

    validation: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.2
    test: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.2


class SearchSettings(Section):
    """Which networks to try next, and what they are traded against."""

    algorithm: AlgorithmName = "pareto"
    stop: StopName = "none"
    size: SizeName = "params"
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0


class Budget(Section):
    """When the study ends: at the first of these that is reached."""

    trials: PositiveInt = 40
    minutes: Annotated[float, Field(gt=0.0)] | None = None


class RunSettings(Section):
    """Where the trials are trained."""

    runner: RunnerName = "ray"
    workers: PositiveInt | Literal["auto"] = "auto"


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
