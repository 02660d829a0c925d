"""Known networks that are trained first: how they are named, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from results import Study, open_store
from search.job_file import parse_job
from search.session import resume, run
from space import Architecture, SearchSpace
from space.errors import InputError
from space.layers import Flatten, Linear
from tests.search.jobs import SPACE, small_job
from tests.search.test_study import InterruptAtEpoch, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from results import Store
    from space import Point

LIMITS = {"params": 1_500}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


@pytest.fixture
def space() -> SearchSpace:
    return SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10, limits=LIMITS)


def points(space: SearchSpace, count: int) -> list[Point]:
    """Return points of different networks that no search of a few trials comes upon by chance."""
    large = sorted(
        {space.canonical(point) for point in space.neighbours((3, 1, 1, 0, 0))},
        key=lambda point: -space.build(point).params,
    )
    return large[:count]


def enqueued(*entries: Any, algorithm: str = "pareto", trials: int = 5) -> Any:
    search = {"algorithm": algorithm, "seed": 7, "enqueue": list(entries)}
    return small_job(search=search, budget={"trials": trials})


@pytest.mark.parametrize("algorithm", ["pareto", "tpe", "random"])
def test_networks_are_trained_first_and_once_however_they_are_named(
    algorithm: str, store: Store, space: SearchSpace, tmp_path: Path
) -> None:
    one, other, third = points(space, 3)
    run(enqueued(space.labels(third), trials=1), store, name="earlier")
    path = tmp_path / "architecture.json"
    path.write_text(json.dumps(space.build(other).to_dict()))
    named = [space.labels(one), str(path), "earlier:0", str(tmp_path)]
    record = run(enqueued(*named, algorithm=algorithm), store, name="later")
    trials = Study(store, "later").trials()
    first = [space.build(point).fingerprint for point in (one, other, third)]
    assert list(trials["fingerprint"][:3]) == first
    assert trials["fingerprint"].is_unique
    assert len(trials) == 5
    assert record.job["search"]["enqueue"] == [space.labels(each) for each in (one, other, third)]


@pytest.mark.parametrize("epoch", [3])
def test_a_resumed_study_goes_on_with_its_queue_without_the_file(
    epoch: int, store: Store, space: SearchSpace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, third = points(space, 3)
    path = tmp_path / "architecture.json"
    path.write_text(json.dumps(space.build(other).to_dict()))
    job = enqueued(space.labels(one), str(path), space.labels(third), trials=5)
    run(job, store, name="whole")
    with monkeypatch.context() as patch:
        InterruptAtEpoch(epoch, patch)
        run(job, store, name="stopped")
    path.unlink()
    assert resume("stopped", store).state == "finished"
    assert numbers(store, "stopped") == numbers(store, "whole")


def test_what_is_no_network_of_the_space_is_refused_before_the_start(
    store: Store, space: SearchSpace, tmp_path: Path
) -> None:
    partial = dict(list(space.labels((3, 1, 1, 0, 0)).items())[1:])
    elsewhere = tmp_path / "plain.json"
    plain = Architecture((1, 8, 8), 10, (Flatten(), Linear(10)))
    elsewhere.write_text(json.dumps(plain.to_dict()))
    wide = SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10)
    large = next(
        wide.labels(point)
        for point in wide.neighbours((3, 1, 1, 2, 1))
        if wide.build(point).params > LIMITS["params"]
    )
    for entry, message in (
        (partial, "missing are stages[0].filters"),
        (space.labels((0,) * 5) | {"stages[0].filters": 5}, "must be one of 2, 4, 6, 8"),
        (space.labels((0,) * 5) | {"stages[0].width": 5}, "the dimension must be known"),
        (large, "inside the limits: "),
        (str(elsewhere), "No choices of the space build it"),
        ("lenet5", "made for images (1, 32, 32)"),
        (str(tmp_path / "missing.json"), "must be labels by dimension, the path of a network"),
        ("nobody:3", "nobody"),
    ):
        with pytest.raises(InputError) as wrong:
            run(enqueued(entry), store, name="never")
        assert wrong.value.field.startswith("search.enqueue[0]")
        assert message in str(wrong.value)
    with pytest.raises(InputError, match=r"no more networks than budget\.trials, 1"):
        run(enqueued(*map(space.labels, points(space, 2)), trials=1), store, name="never")
    assert store.studies() == []


def test_a_path_is_seen_from_the_job_file_and_must_be_absolute_on_a_cluster(tmp_path: Path) -> None:
    text = "space: micro\nsearch: {enqueue: [net.json, 'digits:3', lenet5]}\n"
    job = parse_job(text, base=tmp_path)
    assert job.search.enqueue == [str(tmp_path / "net.json"), "digits:3", "lenet5"]
    with pytest.raises(InputError, match=r"search\.enqueue.*absolute path"):
        parse_job(text, base=None)
