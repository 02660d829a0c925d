# ruff: noqa: INP001  it must not be part of a package: Python looks for it by its bare name
"""Faults in trainings, for tests: Python runs this file where PYTHONPATH names its folder.

The variable FAULTS names a JSON file: from the seed of a trial to what befalls it, in which epoch,
and how many times. Nothing here is known to the product, which trains as ever.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import math
import os
import resource
import signal
import sys
import time
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

PATCHED = "trainers.loop"
FOREVER = 100_000


def befall(kind: str) -> float | None:
    """Do what the fault is called, or return the loss that it makes."""
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "segfault":
        ctypes.string_at(0)
    elif kind == "hang":
        ctypes.PyDLL(None).sleep(FOREVER)  # unlike CDLL, with the interpreter's lock held
    elif kind == "raise":
        raise ValueError("a fault of the test")
    elif kind == "memory":
        raise MemoryError("a fault of the test")
    elif kind == "nan":
        return math.nan
    elif kind == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    elif kind.startswith("allocate"):
        block = bytearray(int(kind.split()[1]))
        block[::4096] = b"x" * len(block[::4096])
        time.sleep(FOREVER)
    else:
        raise NotImplementedError(kind)
    return None


def due(seed: int, epoch: int) -> str | None:
    """Return the fault of this epoch, unless it has come as often as it should."""
    file = Path(os.environ["FAULTS"])
    kind, when, times = json.loads(file.read_text()).get(str(seed), (None, 0, 0))
    if epoch != when:
        return None
    for time_ in range(times):
        try:
            file.with_name(f"{seed}-{time_}").touch(exist_ok=False)
        except FileExistsError:
            continue
        return str(kind)
    return None


def patch(module: Any) -> None:
    """Let faults come before an epoch is trained."""
    fit = module.fit

    def faulty(training: Any, epoch: int) -> Any:
        kind = due(training.seed, epoch)
        loss = None if kind is None else befall(kind)
        return fit(training, epoch) if loss is None else loss

    module.fit = faulty


class Finder(MetaPathFinder):
    """Patches a module when it is imported, so that nothing is imported before its time."""

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> Any:
        if fullname != PATCHED:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        assert spec is not None
        assert spec.loader is not None
        execute = spec.loader.exec_module

        def execute_and_patch(module: Any) -> None:
            execute(module)
            patch(module)

        spec.loader.exec_module = execute_and_patch  # type: ignore[method-assign]
        return spec


if "FAULTS" in os.environ:
    sys.meta_path.insert(0, Finder())
