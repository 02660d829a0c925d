"""What a study tells beyond its picture, and several studies in one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import update

from results import Store, Study, open_store
from results.growth import growth_frame
from results.pace import seconds_left
from results.schema import STUDIES
from results.study import front as front_module
from space import SearchSpace

from ..samples import SPACE, new_study, report, start
from .faults import serious_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from results import StudyRecord


def filled(store: Store, name: str, trials: int, seed: int) -> StudyRecord:
    """A study whose accuracies grow with size, one in six stopped."""
    record = new_study(store, name=name, space=SPACE)
    space = SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10)
    rng = np.random.default_rng(seed)
    for number in range(trials):
        point = space.sample(rng)
        network = space.build_freely(point)
        trial = store.start_trial(record.id, start(number, network, point=point))
        accuracy = float(np.clip(0.2 * np.log10(network.params) + rng.normal(0, 0.02), 0, 1))
        end = ("stopped", "epoch 1: needs more") if number % 6 == 5 else ("finished", "all epochs")
        store.record_epoch(trial, report(1, accuracy), end=end)
    return record


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('tabs')}/s.db")
    for name, seed in (("one", 0), ("two", 1)):
        filled(opened, name, 36, seed)
    new_study(opened, name="empty")
    yield opened
    opened.close()


def test_growth_ends_with_the_hypervolume_of_all(store: Store) -> None:
    study = Study(store, "one")
    growth = growth_frame(store, study.record.id, "params")
    trials = study.trials()
    finished = trials[trials["state"] == "finished"]
    assert len(growth) == len(finished) == 30
    assert growth["trials_ended"].iloc[-1] == 35
    assert growth["epochs_spent"].iloc[-1] == 35
    assert growth["hypervolume"].is_monotonic_increasing
    logs = np.log(finished["params"])
    end = np.log(finished["params"].max() * 1.05)
    area = front_module.hypervolume(finished["accuracy"], logs, reference_size=end)
    assert growth["hypervolume"].iloc[-1] == pytest.approx(area / (end - logs.min()))
    assert growth_frame(store, store.study("empty").id, "params").empty


def test_time_left_goes_by_what_ended_since_the_last_start(store: Store) -> None:
    record = filled(store, "running", 4, 2)
    assert seconds_left(store, store.study("running")) is None
    with store.write() as connection:
        job = {"budget": {"trials": 10}}
        connection.execute(update(STUDIES).where(STUDIES.c.id == record.id).values(job=job))
    store.set_study_state(record.id, "running")
    store.record_environment(record.id, {})
    assert seconds_left(store, store.study("running")) is None
    began = store.environments(record.id)[-1].recorded.timestamp()
    trial = store.start_trial(record.id, start(4))
    store.record_epoch(trial, report(1, 0.5), end=("finished", "all epochs"))
    left = seconds_left(store, store.study("running"))
    assert left == pytest.approx(5 * (time.time() - began), abs=2)


@pytest.mark.slow
def test_each_tab_is_shown_and_stands_in_the_address(page: Page) -> None:
    page.goto("/study?name=one&tab=stages")
    page.wait_for_selector("#study-more .scatterlayer .trace >> nth=3")
    assert serious_faults(page) == []
    for tab, shown in (
        ("What matters", "text=What size bought"),
        ("Early stops", "text=epoch 1: needs more"),
        ("Progress", ".scatterlayer .trace >> nth=2"),
    ):
        page.click(f"[role=tab]:has-text('{tab}')")
        page.wait_for_selector(f"#study-more >> {shown}", timeout=60_000)
    assert "tab=growth" in page.url
    page.goto("/study?name=empty&tab=matters")
    page.wait_for_selector("#study-more >> text=trials must have finished")


def test_studies_are_laid_over_each_other(page: Page) -> None:
    page.wait_for_selector("#studies-list img[alt='hypervolume over trials'] >> nth=1")
    page.click("#studies-over")
    for name in ("one", "two"):
        page.get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")
    page.click("#studies-overlay a")
    page.wait_for_selector("#overlay-fronts .scatterlayer .trace >> nth=1")
    page.wait_for_selector("#overlay-growth .scatterlayer .trace >> nth=5")
    assert serious_faults(page) == []


def test_what_cannot_be_laid_over_is_explained(page: Page) -> None:
    for query in ("names=one", "names=one,none", "names=one,two&x=size", ""):
        page.goto(f"/overlay?{query}")
        page.wait_for_selector("#page >> text=There is nothing to show here")
