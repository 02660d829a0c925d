"""Studies that start from earlier ones: what is known, what is not, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from results import Study, open_store
from search.algorithms.earlier import Earlier
from search.algorithms.pareto.judge import Told, find_view
from search.algorithms.pareto.model import Surrogate
from search.algorithms.pareto.sharing import Sharing
from search.algorithms.sizer import Formula
from search.knowledge.earlier import find_knowledge
from search.plan import prepare
from search.session import resume, run
from space.errors import InputError
from tests.search.jobs import SPACE, small_job
from tests.search.test_study import InterruptAtEpoch, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from results import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs/sizewise.db")


def job(algorithm: str = "pareto", trials: int = 5, seed: int = 7, **changes: Any) -> Any:
    search = {"algorithm": algorithm, "seed": seed, "start_from": ["earlier"]}
    return small_job(search=search, budget={"trials": trials}, **changes)


@pytest.mark.parametrize("algorithm", ["pareto", "tpe"])
def test_networks_of_the_same_task_are_known_and_not_trained_again(
    algorithm: str, store: Store
) -> None:
    run(small_job(), store, name="earlier")
    run(job(algorithm), store, name="later")
    earlier, later = (Study(store, name).trials() for name in ("earlier", "later"))
    assert len(later) == 5
    assert set(earlier["fingerprint"]).isdisjoint(later["fingerprint"])
    assert set(Study(store, "later").front()["fingerprint"]) <= set(later["fingerprint"])


def test_a_resume_knows_what_the_start_knew_and_no_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier study has other epochs, and goes on between the interrupt and the resume."""
    recipe = {"epochs": 1, "batch_size": 128}
    with monkeypatch.context() as patch:
        InterruptAtEpoch(7, patch)
        run(small_job(recipe=recipe, budget={"trials": 9}), store, name="earlier")
    run(job(), store, name="whole")
    with monkeypatch.context() as patch:
        InterruptAtEpoch(5, patch)
        run(job(), store, name="stopped")
    resume("earlier", store)
    assert resume("stopped", store).state == "finished"
    assert numbers(store, "stopped") == numbers(store, "whole")


def test_networks_of_another_space_and_task_are_found_by_labels_and_by_layers(
    store: Store,
) -> None:
    wide = {
        **SPACE,
        "stages": [{**SPACE["stages"][0], "filters": [4, 6, 8, 10]}, SPACE["stages"][1]],
    }
    run(small_job(space=wide, budget={"trials": 12}), store, name="earlier")
    changed = {"recipe": {"epochs": 1, "batch_size": 128}}
    for space, named in ((SPACE, True), ({**SPACE, "stages": SPACE["stages"][:1]}, False)):
        plan = prepare(job(space=space, **changed))
        (known,) = find_knowledge(plan, store, Formula("params")).earlier
        trials = store.trials(store.study("earlier").id)
        there = {}
        for one in trials:
            layers = one.architecture["layers"]
            there[tuple(map(str, layers))] = one.accuracy
        assert 3 <= len(known.size) <= len(trials)
        for point, size, accuracy in zip(known.points, known.size, known.accuracy, strict=True):
            network = plan.space.build_freely(tuple(map(int, point)))
            assert network.params == size
            assert there[tuple(map(str, network.to_dict()["layers"]))] == accuracy
        assert any(len(plan.space.dimensions) == 5 for _ in known.points) is named


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipe": {"epochs": 1}, "algorithm": "tpe"}, "can serve `pareto` alone"),
        ({"recipe": {"epochs": 1}, "space": "micro"}, "at least 3 finished networks"),
        ({"search": {"start_from": "earleir"}}, "Did you mean 'earlier'"),
    ],
)
def test_what_cannot_be_used_is_refused_before_the_start(
    changes: dict[str, Any], message: str, store: Store
) -> None:
    run(small_job(), store, name="earlier")
    wrong = small_job(**changes) if "search" in changes else job(**changes)
    with pytest.raises(InputError, match=message) as refused:
        run(wrong, store, name="never")
    assert refused.value.field == "search.start_from[0]"
    assert [study.name for study in store.studies()] == ["earlier"]


def encode(points: np.ndarray) -> np.ndarray:
    return points / 2


def world(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    points = rng.integers(0, 3, (count, 6))
    value = points[:, 0] * points[:, 1] - points[:, 2] * (points[:, 3] == 1) + 0.5 * points[:, 4]
    return points, np.log(100.0 + 10 * points.sum(axis=1)), value


@pytest.mark.parametrize("seed", range(3))
def test_a_related_study_makes_predictions_better_and_an_unrelated_one_leaves_them(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    points, log_size, value = world(rng, 100)
    there, sizes, reached = world(rng, 60)
    told = Told(points[:12], log_size[:12, None], 0.7 + 0.02 * value[:12], np.zeros(12))
    view = find_view(told, encode)
    features = view.features(points, log_size)

    def error(found: np.ndarray) -> float:
        model = Sharing([Earlier(there, np.exp(sizes), found)], encode).model(told, view)
        mean, _ = model(features[:12], told.accuracy, view.kernel, told.spread).predict(
            features[12:]
        )
        return float(np.sqrt(np.mean((mean - 0.7 - 0.02 * value[12:]) ** 2)))

    alone, _ = Surrogate(features[:12], told.accuracy, view.kernel).predict(features[12:])
    plain = float(np.sqrt(np.mean((alone - 0.7 - 0.02 * value[12:]) ** 2)))
    related = 0.3 + 0.1 * reached + rng.normal(0, 0.03, 60)
    assert error(related) < 0.75 * plain
    assert error(rng.permutation(related)) < 1.15 * plain
