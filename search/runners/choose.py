"""From the name in a job to a runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .inline import InlineRunner

if TYPE_CHECKING:
    from ..job import RunSettings
    from .runner import Runner


def choose_runner(settings: RunSettings) -> Runner:
    """Return the job's runner."""
    if settings.runner == "inline":
        return InlineRunner(gpu=settings.gpus_per_trial != 0)
    # Ray takes seconds to import, which an inline run need not pay.
    from .ray_tune import RayRunner  # noqa: PLC0415

    return RayRunner(settings)
