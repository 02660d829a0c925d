"""The form that starts searches, and the page that follows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from results import Store, open_store
from results.dashboard import create_app
from results.dashboard.pages.launch.form import FIELDS, field_of, said, values
from search.launching import ProcessLauncher
from tests.search.jobs import small_job

from .faults import serious_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

PATIENCE = 120_000
"""Milliseconds; a search is a process that imports torch first."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('launch')}/runs/sizewise.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def launcher(store: Store) -> ProcessLauncher:
    return ProcessLauncher(store)


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True).and_(page.locator("input"))


def test_a_search_is_launched_followed_and_stopped(page: Page, store: Store) -> None:
    page.goto("/launch?example=digits")
    page.wait_for_selector("#launch-start:not([disabled])", timeout=PATIENCE)
    page.wait_for_selector("#launch-census:has-text('in the limits')")
    assert serious_faults(page) == []

    field(page, "Trials").fill("-3")
    page.wait_for_selector("text=budget.trials: must be greater than 0")
    assert page.is_disabled("#launch-start")
    field(page, "Trials").fill("2000")
    field(page, "Epochs").fill("1")
    field(page, "Name").fill("small")
    field(page, "Runner").click()
    page.get_by_role("option", name="inline", exact=True).click()
    expect(page.locator("#launch-yaml")).to_have_value(
        re.compile(r"study: small.*trials: 2000.*runner: inline", re.DOTALL)
    )
    page.wait_for_selector("#launch-start:not([disabled])")
    page.click("#launch-start")
    page.wait_for_selector("h1:has-text('Jobs')")
    assert page.url.endswith("/jobs?name=small")
    page.wait_for_selector("#jobs-log:has-text('Study small: 2000 trials')", timeout=PATIENCE)
    page.wait_for_selector("#jobs-list a:text-is('small')")
    assert serious_faults(page) == []
    page.click("#jobs-list button:has-text('Stop')")
    page.wait_for_selector("#jobs-told:has-text('keeps all that was reported')")
    page.wait_for_selector("#jobs-list button:has-text('Resume')", timeout=PATIENCE)
    assert store.study("small").state == "interrupted"
    page.click("#jobs-list a:has-text('repeat')")
    expect(field(page, "Trials")).to_have_value("2000")
    expect(field(page, "Name")).to_have_value("")


@pytest.mark.slow
def test_a_small_search_is_seen_to_its_end(page: Page, store: Store) -> None:
    page.goto("/launch?example=digits")
    page.wait_for_selector("#launch-start:not([disabled])", timeout=PATIENCE)
    for label, value in (("Trials", "2"), ("Epochs", "1"), ("Name", "whole")):
        field(page, label).fill(value)
    page.wait_for_selector("#launch-yaml:has-text('study: whole')", state="attached")
    page.wait_for_selector("#launch-start:not([disabled])")
    page.click("#launch-start")
    page.wait_for_selector("#jobs-list:has-text('finished')", timeout=PATIENCE)
    page.click("#jobs-list a:text-is('whole')")
    page.wait_for_selector("#study-trials .ag-row >> nth=1")
    assert store.study("whole").state == "finished"


@pytest.mark.parametrize("path", ["/launch?example=none", "/launch?from=none", "/jobs?name=../x"])
def test_what_is_not_there_is_explained(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_selector("#page >> text=There is nothing to show here")


def test_a_job_is_taken_into_the_form_and_said_again() -> None:
    job = small_job().model_dump(mode="json", exclude_defaults=True) | {"split": {"test": 0.3}}
    again = said(job, values(job))
    assert again == job
    assert again["split"] == {"test": 0.3}
    empty = said(job, [""] * len(FIELDS))
    assert empty == {"split": {"test": 0.3}}
    assert field_of("space.stages[0].filters") == "space"
    assert field_of("search.goal") is None


def test_who_may_only_look_starts_nothing(store: Store, launcher: ProcessLauncher) -> None:
    client = create_app(store, read_only=True, launcher=launcher).server.test_client()
    layout = client.get("/_dash-dependencies").get_json()
    outputs = {each["output"] for each in layout}
    assert not any("launch" in output or "jobs" in output for output in outputs)
