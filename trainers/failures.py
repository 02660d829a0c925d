"""Trainings that could not be finished."""

from __future__ import annotations

from typing import Literal, get_args

FailureKind = Literal["nan", "out_of_memory", "timeout", "error"]
FAILURE_KINDS: tuple[str, ...] = get_args(FailureKind)


class TrainingFailure(Exception):  # noqa: N818 - a failure is a result of a trial, not a mistake
    """A training ended early, for a reason that its trial records.

    Args:
        kind: ``nan``, ``out_of_memory``, ``timeout`` or ``error``.
        reason: A sentence for a person.
    """

    def __init__(self, kind: FailureKind, reason: str) -> None:
        # Both go to the base class, so that the failure survives pickling between workers.
        super().__init__(kind, reason)
        self.kind = kind
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"
