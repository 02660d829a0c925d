"""What every launcher must do with a search, whichever dashboard began it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from results import Study
from space.errors import InputError
from tests.search.test_ray import wait_for

if TYPE_CHECKING:
    from results import Store
    from results.dashboard.launcher import Launcher


def finished(store: Store, name: str) -> int:
    if name not in {study.name for study in store.studies()}:
        return 0
    return int((Study(store, name).trials()["state"] == "finished").sum())


def steer(one: Launcher, other: Launcher, store: Store, job: str) -> None:
    """Start a search of hundreds of trials by one launcher; stop it and go on by another."""
    name = one.start(job)
    with pytest.raises(InputError):
        one.start(job)
    wait_for(lambda: finished(store, name) > 2)

    assert [(each.study, each.doing) for each in other.launched()] == [(name, True)]
    with pytest.raises(InputError, match="must be interrupted"):
        other.resume(name)
    other.stop(name)
    wait_for(lambda: not one.launched()[0].doing)
    assert store.study(name).state == "interrupted"
    assert f"sizewise resume {name}" in one.log(name)
    assert one.log("unknown") == ""
    with pytest.raises(InputError, match="must be"):
        one.stop(name)

    kept = finished(store, name)
    one.resume(name)
    wait_for(lambda: finished(store, name) > kept)
    assert [(each.study, each.doing) for each in other.launched()] == [(name, True)]
    one.stop(name)
    wait_for(lambda: not one.launched()[0].doing)
