"""One driver at a time: leases against a clock that the test turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from results import leases, open_store
from results.errors import StudyHeldError
from results.leases import hold, release

from .samples import new_study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from results import Store


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(leases.time, "time", clock)
    return clock


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    on_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/store.db" if on_file else request.getfixturevalue("postgres")
    opened = open_store(url)
    yield opened
    opened.close()


def test_a_second_holder_is_told_who_holds_it_and_since_when(store: Store, clock: Clock) -> None:
    study = new_study(store).id
    hold(store, study, "first", seconds=60)
    clock.now += 40
    hold(store, study, "first", seconds=60)
    clock.now += 50
    with pytest.raises(StudyHeldError, match="first, since 1970-01-12 13:46:40 UTC") as refused:
        hold(store, study, "second", seconds=60)
    assert "wait 10 s" in refused.value.suggestion


def test_a_lease_that_ran_out_or_was_given_back_is_free(store: Store, clock: Clock) -> None:
    study = new_study(store).id
    hold(store, study, "first", seconds=60)
    clock.now += 61
    hold(store, study, "second", seconds=60)
    with pytest.raises(StudyHeldError, match="second"):
        hold(store, study, "first", seconds=60)
    release(store, study, "first")
    with pytest.raises(StudyHeldError, match="second"):
        hold(store, study, "first", seconds=60)
    release(store, study, "second")
    hold(store, study, "first", seconds=60)


def test_a_holder_known_to_be_gone_is_not_waited_for(store: Store, clock: Clock) -> None:
    study = new_study(store).id
    hold(store, study, "first", seconds=60)
    clock.now += 1
    with pytest.raises(StudyHeldError):
        hold(store, study, "second", seconds=60, gone="third".__eq__)
    hold(store, study, "second", seconds=60, gone="first".__eq__)


def test_studies_are_held_apart(store: Store, clock: Clock) -> None:
    assert clock.now
    hold(store, new_study(store, "one").id, "first", seconds=60)
    hold(store, new_study(store, "two").id, "second", seconds=60)
