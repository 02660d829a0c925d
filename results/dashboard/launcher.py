"""What the pages ask of whoever starts searches for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Launched:
    """A search that was started from the dashboard.

    ``study`` is its name and that of its study, ``doing`` whether it is under way; ``started``
    is in UTC.
    """

    study: str
    doing: bool
    started: datetime


class Launcher(Protocol):
    """Checks jobs, starts them where the dashboard cannot end them, and stops them."""

    @property
    def place(self) -> str:
        """Where searches run, such as ``this machine``."""
        ...

    def schema(self) -> Mapping[str, Any]:
        """Return the JSON schema of a job."""
        ...

    def examples(self) -> Mapping[str, Mapping[str, Any]]:
        """Return jobs to begin with, by name."""
        ...

    def check(self, job: str) -> None:
        """Raise where a job, as YAML, breaks a rule.

        Raises:
            InputError: With the field, the rule and the value, as the command line tells it.
        """
        ...

    def census(self, job: str) -> str:
        """Return what the space of a job holds, as text; it may take seconds."""
        ...

    def start(self, job: str) -> str:
        """Start a job that outlives the dashboard, and return the name of its study.

        Raises:
            InputError: The job breaks a rule, or its study stands in the store already.
        """
        ...

    def resume(self, study: str) -> None:
        """Go on with an interrupted study.

        Raises:
            InputError: There is no such study, or it runs.
        """
        ...

    def stop(self, study: str) -> None:
        """Let a search end as Ctrl-C does: what was reported is kept.

        Raises:
            InputError: Nothing that was started here searches for it.
        """
        ...

    def launched(self) -> list[Launched]:
        """Return what was started, the newest first, by this dashboard or another.

        Raises:
            InputError: It cannot be found out, since a cluster does not answer.
        """
        ...

    def log(self, study: str) -> str:
        """Return the last lines that a search has printed; empty where it was not started here."""
        ...
