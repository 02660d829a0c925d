"""How much memory something takes at its peak."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from space.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

_PROCESS = Path("/proc/self")


def measure_memory(run: Callable[[], object], *, device: str | torch.device = "cpu") -> int:
    """Call ``run``, a training or an inference; return the bytes that it took at its peak.

    On a CPU by how much the resident set of the process grew (proc(5): VmHWM beyond VmRSS, the peak
    counted anew). That depends on what the process has done before, whose memory is used again: for
    figures to compare, measure in a fresh process. On a GPU what torch allocated there.

    Raises:
        InputError: The system does not tell.
    """
    place = torch.device(device)
    if place.type == "cuda":
        torch.cuda.reset_peak_memory_stats(place)
        before = torch.cuda.memory_allocated(place)
        run()
        torch.cuda.synchronize(place)
        return torch.cuda.max_memory_allocated(place) - before
    try:
        (_PROCESS / "clear_refs").write_text("5", encoding="utf-8")
        before = resident_bytes("VmRSS")
    except OSError as error:
        rule = "memory can be measured on Linux alone, which keeps the peak of a process"
        raise InputError("device", rule, str(place), str(error)) from error
    run()
    return resident_bytes("VmHWM") - before


def resident_bytes(name: str) -> int:
    """Return a line of this process's status, such as VmRSS, in bytes (proc(5))."""
    for line in (_PROCESS / "status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)
