"""Promises to the other packages: light imports, errors that survive a worker."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from space import InfeasibleError, InputError, LayerError, SearchSpace

HEAVY = ("torch", "ray", "pandas", "sqlalchemy", "optuna", "pydantic", "matplotlib", "yaml")


def test_importing_space_loads_nothing_heavy() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, space, tests.strategies; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(told.stdout.split())
    assert {"space.architecture", "tests.strategies"} <= loaded
    assert not loaded.intersection(HEAVY)


@pytest.mark.parametrize("kind", [InputError, LayerError])
def test_errors_survive_pickling(kind: type[InputError]) -> None:
    error = kind("stages[1].kernel", "a kernel must be odd", 4, "Try 3.").inside("space")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert str(copy) == str(error)
    assert str(copy) == "space.stages[1].kernel: a kernel must be odd, but got 4. Try 3."


def test_an_infeasible_point_survives_pickling() -> None:
    error = InfeasibleError((1, 0), "params must be at most 100, but is 200", 0.69)
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.point, copy.reason, copy.violation) == (error.point, error.reason, 0.69)
    assert str(copy) == str(error)


def test_the_front_door_is_small_and_sorted() -> None:
    import space

    assert len(space.__all__) <= 16
    assert space.__all__ == sorted(space.__all__, key=lambda name: (name.islower(), name))
    assert space.SearchSpace is SearchSpace
