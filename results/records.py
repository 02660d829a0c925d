"""The rows of a store as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """A study: what was searched, in which data, from which seed.

    ``reason`` says why it ended, once it has.
    ``size`` names the cost that accuracy is weighed against, such as ``params``. ``job``, ``data``
    and ``space`` are the documents given to ``create_study``. ``note`` and ``tags`` are what a
    person wrote about it; an ``archived`` study is left out of lists. Times are in UTC.
    """

    id: int
    name: str
    state: str
    reason: str | None
    seed: int
    size: str
    created: datetime
    changed: datetime
    note: str | None
    tags: tuple[str, ...]
    archived: bool
    job: dict[str, Any]
    data: dict[str, Any]
    space: dict[str, Any]

    @property
    def sizes(self) -> tuple[str, ...]:
        """The costs that accuracy is weighed against: ``size``, and a second one if there is."""
        also = (self.job.get("search") or {}).get("also")
        return (self.size, also) if also else (self.size,)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStart:
    """What is known of a trial before its first epoch; ``number`` counts within the study.

    ``latency_ms`` is the time for one image in milliseconds, where it was measured.
    """

    number: int
    fingerprint: str
    point: Sequence[int]
    architecture: dict[str, Any]
    recipe: dict[str, Any]
    seed: int
    params: int
    macs: int
    activation_bytes: int
    weight_bytes: int
    depth: int
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """A trial as it stands now.

    ``accuracy`` (a fraction), ``loss`` and ``epochs`` (how many) are those of its last epoch, in a
    running trial too; ``accuracy`` and ``loss`` are None before the first epoch and where they are
    not a number. ``outline`` is the architecture in one line. ``restarts`` says why earlier
    attempts ended, where there were some. ``reason`` and ``ended`` are None while the trial runs.
    ``expected`` is where a stopped trial would have ended, give or take ``expected_spread`` (a
    standard deviation). ``note`` is what a person wrote about it. Times are in UTC.
    """

    id: int
    number: int
    attempt: int
    state: str
    reason: str | None
    accuracy: float | None
    loss: float | None
    epochs: int
    params: int
    macs: int
    activation_bytes: int
    weight_bytes: int
    depth: int
    seed: int
    started: datetime
    ended: datetime | None
    latency_ms: float | None
    expected: float | None
    expected_spread: float | None
    note: str | None
    fingerprint: str
    outline: str
    restarts: str | None
    point: tuple[int, ...]
    recipe: dict[str, Any]
    architecture: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """One epoch of a trial; what was not a number is ``nan``."""

    epoch: int
    train_loss: float
    loss: float
    accuracy: float
    learning_rate: float
    seconds: float
    images_per_second: float


@dataclass(frozen=True, slots=True)
class FinalRecord:
    """One training of a trial's network with a seed of its own, or its answers to the test images.

    ``number`` is the trial's, ``stage`` is ``validation`` or ``test``. ``accuracy`` (a fraction)
    and ``loss`` are None until it is finished. Times are in UTC.
    """

    id: int
    trial_id: int
    number: int
    stage: str
    seed: int
    state: str
    reason: str | None
    epochs: int
    accuracy: float | None
    loss: float | None
    seconds: float | None
    started: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class EnvironmentRecord:
    """Where a study ran from ``recorded`` (UTC) to ``seen``: versions, device, revision."""

    recorded: datetime
    seen: datetime
    environment: dict[str, Any]
