"""What the store and the export say when they cannot do what was asked."""

from __future__ import annotations

from space.errors import InputError


class StoreError(InputError):
    """A store cannot be opened, or would be left in a state that makes no sense."""


class StudyExistsError(StoreError):
    """A study of that name stands in the store already."""


class UnknownStudyError(StoreError):
    """No study of that name stands in the store."""


class StudyHeldError(StoreError):
    """Another driver runs the study at this moment."""


class NoTrialError(InputError):
    """No trial of the study is what was asked for."""


class ExportError(InputError):
    """A trial cannot be exported, or its export is not the network that was trained."""
