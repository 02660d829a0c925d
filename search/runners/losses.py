"""Why workers of Ray died, as a person reads it, and as Tune understands it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ray.exceptions import OutOfMemoryError, RayActorError, RayError, RayTaskError

if TYPE_CHECKING:
    from ray.tune.execution.tune_controller import TuneController

_MEMORY = "the machine's memory was nearly full and Ray killed it"


def why_lost(error: BaseException) -> str:
    """Return why a worker died, as far as Ray tells."""
    text = " ".join(str(error).split())
    if isinstance(error, OutOfMemoryError) or "memory usage threshold" in text:
        return _MEMORY
    detail = re.search(r"[Ww]orker exit detail: (.+?)(?:\. There are|$)", text)
    if detail is not None:
        return f"its process died ({detail[1].rstrip('. ')})"
    if re.search(r"\bnode\b.*\b(died|dead|terminated|failed)\b", text):
        return "its node was lost"
    return f"Ray says: {text[:200]}" if text else "Ray does not say why"


def make_losses_known(controller: TuneController, reasons: dict[str, str]) -> None:
    """Let Tune take every death of a worker for one, and note by trial why it happened.

    Tune's actor manager knows `RayActorError` and `RayTaskError` alone: Ray's own kill for want of
    memory is neither, and ends the whole search.
    """
    manager = controller._actor_manager  # noqa: SLF001  Tune has no hook for this
    failed = manager._actor_task_failed  # noqa: SLF001

    def translated(tracked_actor_task: Any, exception: Exception) -> None:
        trial = controller._actor_to_trial.get(tracked_actor_task._tracked_actor)  # noqa: SLF001
        if trial is not None:
            reasons[trial.trial_id] = why_lost(exception)
        known = isinstance(exception, (RayActorError, RayTaskError))
        if isinstance(exception, RayError) and not known:
            exception = RayActorError(error_msg=str(exception))
        failed(tracked_actor_task, exception)

    manager._actor_task_failed = translated  # type: ignore[method-assign]  # noqa: SLF001
