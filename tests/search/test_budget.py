"""What ends a study, told by a clock that the test turns."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from results import Study, open_store
from search import purse
from search.job import Budget
from search.purse import Purse
from search.session import resume, run
from space.errors import InputError
from tests.search.jobs import small_job

if TYPE_CHECKING:
    from pathlib import Path

    from results import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_whichever_is_used_up_first_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(purse.time, "monotonic", clock)
    budget = Budget(trials=10, epochs=35, minutes=5, study_minutes=8)
    spent = Purse(budget, epochs=10, before=4)
    assert spent.used_up(9, 25) is None
    assert spent.used_up(10, 0) == "its budget of 10 trials is spent"
    assert spent.used_up(3, 26) == "its budget of 35 epochs leaves none for another trial"
    clock.now += 60 * 4
    assert spent.used_up(0, 0) == "its budget of 8 minutes in all starts is spent"
    assert Purse(budget, epochs=10, before=0).used_up(0, 0) is None
    clock.now += 60
    later = Purse(budget, epochs=10, before=0)
    clock.now += 60 * 5
    assert later.used_up(0, 0) == "its budget of 5 minutes is spent"


@pytest.mark.parametrize(
    ("budget", "trials", "told"),
    [
        ({"trials": 3}, 3, "its budget of 3 trials is spent"),
        ({"epochs": 5}, 2, "its budget of 5 epochs leaves none for another trial"),
    ],
)
def test_the_end_of_a_study_says_what_ended_it(
    store: Store, budget: dict[str, Any], trials: int, told: str
) -> None:
    record = run(small_job(budget=budget), store, name="small")
    assert (record.state, record.reason) == ("finished", told)
    assert len(Study(store, "small").trials()) == trials
    # A resume finds the same end, and nothing to do.
    assert resume("small", store).reason == told
    assert len(Study(store, "small").trials()) == trials


def test_minutes_of_all_starts_are_added_up(store: Store) -> None:
    # The space holds some sixty networks: they must not all be trained by then.
    recipe = {"epochs": 20, "batch_size": 32}
    job = small_job(recipe=recipe, budget={"trials": 10_000, "study_minutes": 0.03})
    began = time.monotonic()
    record = run(job, store, name="short")
    assert record.reason == "its budget of 0.03 minutes in all starts is spent"
    (start,) = store.environments(record.id)
    known = (start.seen - start.recorded).total_seconds()
    assert 0.03 * 60 <= known <= time.monotonic() - began
    trials = len(Study(store, "short").trials())
    assert resume("short", store).reason == record.reason
    assert len(Study(store, "short").trials()) == trials


def test_a_budget_too_small_for_one_trial_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match=r"budget\.epochs"):
        run(small_job(budget={"epochs": 1}), store, name="small")
    assert store.studies() == []
