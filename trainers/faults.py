"""What torch raises, told as failures of a trial."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from .failures import TrainingFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .failures import FailureKind


@contextmanager
def as_failures() -> Iterator[None]:
    """Turn what torch raises into failures that a trial can record."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        kind: FailureKind = "out_of_memory" if is_out_of_memory(error) else "error"
        raise TrainingFailure(kind, first_line(error)) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether memory ran out, on a GPU or a CPU."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    # The CPU allocator has no exception of its own.
    said = ("can't allocate memory", "out of memory")
    return isinstance(error, RuntimeError) and any(words in str(error) for words in said)


def first_line(error: BaseException) -> str:
    """Return what an error says before the traceback that torch adds to it."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
