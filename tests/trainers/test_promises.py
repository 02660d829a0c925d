"""Promises to the other packages: light imports, failures that survive a worker."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import trainers
from trainers import TrainingFailure, keep_large_blocks
from trainers.failures import FAILURE_KINDS

LIGHT = """
import sys
import trainers, trainers.data, trainers.recipe, trainers.failures, trainers.reports
from trainers import Recipe, TrainingFailure, load_data
Recipe()
print(*sys.modules)
import trainers.loop, trainers.network
print(*sys.modules)
"""


def test_jobs_are_checked_without_torch_and_networks_trained_without_ray() -> None:
    told = subprocess.run(
        [sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True
    ).stdout
    light, full = (set(line.split()) for line in told.splitlines())
    assert "trainers.data.sources" in light
    assert not light & {"torch", "sklearn", "scipy", "pandas", "ray", "safetensors"}
    assert "torch" in full
    assert not full & {"ray", "pandas", "sqlalchemy", "optuna", "search", "results"}


def test_the_front_door() -> None:
    assert trainers.__all__ == sorted(trainers.__all__)
    assert len(trainers.__all__) <= 18
    for name in trainers.__all__:
        # A function must not be hidden by a module of the same name.
        assert getattr(trainers, name).__name__ == name
        assert type(getattr(trainers, name)).__name__ != "module"


@pytest.mark.parametrize("kind", FAILURE_KINDS)
def test_failures_survive_pickling(kind: str) -> None:
    failure = TrainingFailure(kind, "the reason")
    copy = pickle.loads(pickle.dumps(failure))
    assert (copy.kind, copy.reason) == (kind, "the reason")
    assert str(copy) == f"{kind}: the reason"


def test_keeping_blocks_is_harmless_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library(_name: None) -> None:
        raise OSError("no such library")

    monkeypatch.setattr("ctypes.CDLL", no_library)
    assert keep_large_blocks() is False
