"""The page of a trial, of a study that was trained for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from results import Store, open_store
from results.dashboard import create_app
from results.keeping.remarks import note

from .faults import serious_faults
from .live import HOSTILE, trained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = trained(tmp_path_factory.mktemp("trial"))
    note(opened, "small", HOSTILE, 1)
    yield opened
    opened.close()


def test_a_network_is_drawn_and_looked_into(page: Page) -> None:
    page.goto("/trial?study=small&number=2&tab=inside")
    page.wait_for_selector(".network .block.conv")
    page.wait_for_selector("#trial-inside img[alt^='Filters']", timeout=60_000)
    assert page.locator("#trial-inside img").count() == 6
    page.fill("#trial-image", "7")
    page.wait_for_selector("#trial-inside >> text=this is image 7")
    assert "image=7" in page.url
    page.fill("#trial-image", "99999")
    page.wait_for_selector("#trial-inside >> text=validation images, from 0")
    page.click("text=Learning curve")
    page.wait_for_selector("#trial-curve .scatterlayer .point")
    page.click("text=next →")
    page.wait_for_selector("h1:has-text('trial 3')")
    assert serious_faults(page) == []


def test_notes_are_kept_and_never_run(page: Page, store: Store) -> None:
    page.goto("/trial?study=small&number=1")
    expect(page.locator("#trial-note")).to_have_value(HOSTILE)
    page.fill("#trial-note", "the best so far")
    page.click("#trial-note-save")
    page.wait_for_selector("#trial-note-told:has-text('Saved')")
    study = store.study("small")
    assert store.trial(study.id, 1).note == "the best so far"


@pytest.mark.slow
def test_a_trial_is_exported_to_its_own_folder(page: Page, store: Store) -> None:
    page.goto("/trial?study=small&number=0")
    page.click("#trial-export")
    page.wait_for_selector("#trial-export-told:has-text('Wrote')", timeout=120_000)
    folder = store.folder("small") / "exports" / "0"
    assert str(folder) in page.inner_text("#trial-export-told")
    assert (folder / "model.py").is_file()


def test_what_is_not_there_is_explained(page: Page) -> None:
    for query in (
        "study=../../x&number=1",
        "study=small&number=999",
        "study=small&number=-1",
        "study=small&number=1&tab=nothing",
        "study=small",
    ):
        page.goto(f"/trial?{query}")
        page.wait_for_selector("#page >> text=There is nothing to show here")


def test_who_may_only_look_changes_nothing(store: Store) -> None:
    """Requests are forged: the page of such a dashboard has no button to send them."""
    client = create_app(store, read_only=True).server.test_client()
    study = store.study("small")
    before = store.trial(study.id, 3).note
    for button, output, more in (
        ("trial-note-save", "trial-note-told.children", [("trial-note", "value", "changed")]),
        ("trial-export", "trial-export-tick.disabled", []),
    ):
        states = [*more, ("trial-name", "data", ["small", 3])]
        name, prop = output.split(".")
        answer = client.post(
            "/_dash-update-component",
            data=json.dumps(
                {
                    "output": output,
                    "outputs": {"id": name, "property": prop},
                    "inputs": [{"id": button, "property": "n_clicks", "value": 1}],
                    "changedPropIds": [f"{button}.n_clicks"],
                    "state": [
                        {"id": id_, "property": which, "value": value}
                        for id_, which, value in states
                    ],
                }
            ),
            content_type="application/json",
        )
        assert answer.status_code == 204
    assert store.trial(study.id, 3).note == before
    assert not (store.folder("small") / "exports" / "3").exists()
    assert open_store(store.url).study("small").state == "finished"
