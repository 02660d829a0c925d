"""From the name in a job to a runner."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .inline import InlineRunner

if TYPE_CHECKING:
    from ..job import RunSettings
    from .runner import Runner


def choose_runner(settings: RunSettings) -> Runner:
    """Return the job's runner; ``auto`` means one worker for each core of this machine."""
    if settings.runner == "inline":
        return InlineRunner()
    # Ray takes seconds to import, which an inline run need not pay.
    from .ray_tune import RayRunner  # noqa: PLC0415

    cores = len(os.sched_getaffinity(0))
    return RayRunner(workers=cores if settings.workers == "auto" else settings.workers)
