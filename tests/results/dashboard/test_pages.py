"""The pages in a real browser: Debian's Chromium, where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from results import Store, Study, open_store

from ..samples import mixed_study, new_study, report, small_network, start
from .conftest import TOKEN
from .faults import serious_faults
from .live import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('pages')}/s.db")
    study = mixed_study(opened)
    with opened.write() as connection:
        from results.schema import STUDIES

        changed = {"note": HOSTILE, "tags": [HOSTILE]}
        connection.execute(STUDIES.update().where(STUDIES.c.name == study.name).values(**changed))
    new_study(opened, name="empty")
    yield opened
    opened.close()


def test_from_the_list_to_a_trial(page: Page) -> None:
    assert TOKEN not in page.url
    assert HOSTILE in page.inner_text("#studies-list")
    page.fill("#studies-words", "no such study")
    page.wait_for_selector("#studies-list:has-text('No study')")
    page.fill("#studies-words", "digits")
    page.click("#studies-list a:text-is('digits')")
    page.wait_for_selector("#study-trials .ag-row >> nth=5")
    page.wait_for_selector("#study-front .scatterlayer .point")
    page.click("#study-trials .ag-header-cell-text:text-is('accuracy')")
    # The least accurate is the first that was trained.
    first = "#study-trials [row-index='0'] [col-id='number']"
    page.wait_for_selector(f"{first}:text-is('0')")
    page.click(first)
    page.wait_for_selector("#study-trial >> text=sizewise show digits 0")


def test_a_brush_narrows_the_table_and_the_address_brings_it_back(page: Page) -> None:
    page.goto("/study?name=digits")
    page.wait_for_selector("#study-trials .ag-row >> nth=5")
    page.wait_for_selector("#study-front .scatterlayer .point")
    box = page.locator("#study-front .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2, steps=6)
    page.mouse.up()
    page.wait_for_selector("#study-told:has-text('within the box')")
    told = page.inner_text("#study-told")
    assert "brush=" in page.url
    page.goto(page.url)
    page.wait_for_selector("#study-told:has-text('within the box')")
    assert page.inner_text("#study-told") == told
    page.click("#study-all")
    page.wait_for_selector("#study-told:has-text('6 of 6 trials')")
    assert "brush=" not in page.url


@pytest.mark.slow
def test_the_address_brings_back_order_filter_and_selection(page: Page, store: Store) -> None:
    wanted = '{"state":{"filterType":"text","type":"contains","filter":"finished"}}'
    page.goto(f"/study?name=digits&filter={quote(wanted)}&trials=0,1")
    page.wait_for_selector("#study-trials .ag-row-selected >> nth=1")
    assert "Compare trials 0, 1" in page.inner_text("#study-trial")
    found = page.inner_text("#study-told")
    assert found.endswith("of 6 trials")
    assert not found.startswith("6 ")
    for order in ("asc", "desc"):
        page.click("#study-trials .ag-header-cell-text:text-is('params')")
        page.wait_for_url(f"**sort=params+{order}**")
    first = page.locator("#study-trials [row-index='0'] [col-id='params']")
    largest = Study(store, "digits").trials().query("state == 'finished'")["params"].max()
    expect(first).to_have_text(f"{largest:,}")
    page.goto(page.url)
    expect(first).to_have_text(f"{largest:,}")
    expect(page.locator("#study-told")).to_have_text(found)
    page.wait_for_selector("#study-trials .ag-row-selected >> nth=1")
    page.goto("/?sort=name&words=empty")
    page.wait_for_selector("#studies-list a:text-is('empty')")
    assert page.locator("#studies-list tbody tr").count() == 1


@pytest.mark.slow
def test_themes_and_sizes_are_drawn(page: Page) -> None:
    page.goto("/study?name=digits&x=macs")
    page.wait_for_selector("#study-front .xtitle:has-text('multiply-adds')")
    caption = page.locator("#study-front .xtitle")
    light = caption.evaluate("node => getComputedStyle(node).fill")
    page.click("#scheme")
    expect(caption).not_to_have_css("fill", light, timeout=20_000)
    page.click("#study-size label:has-text('latency')")
    page.wait_for_selector("#study-front .xtitle:has-text('time for one image')")
    assert "x=latency_ms" in page.url


def test_what_is_not_there_is_explained(page: Page) -> None:
    for path in (
        "/nowhere",
        "/study?name=unknown",
        "/study?name=digits&x=y",
        "/study?name=digits&filter=[",
        "/?sort=x",
    ):
        page.goto(path)
        page.wait_for_selector("#page >> text=There is nothing to show here")
    page.click("#page >> text=All studies")
    page.wait_for_selector("#studies-list table")


@pytest.mark.parametrize("path", ["/", "/study?name=digits", "/study?name=empty"])
def test_no_serious_fault_for_those_who_cannot_see(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_selector("#studies-list table, #study-trials .ag-header-cell")
    assert serious_faults(page) == []


@pytest.mark.slow
def test_several_pages_are_open_at_once(browser: Browser, address: str, store: Store) -> None:
    """Each in a browser of its own; all see a new trial, and none says anything wrong."""
    wrong: list[str] = []
    contexts = [browser.new_context(base_url=address) for _ in range(4)]
    opened = [context.new_page() for context in contexts]
    for page in opened:
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(f"/?token={TOKEN}")
        page.goto("/study?name=digits")
    for page in opened:
        page.wait_for_selector("#study-trials .ag-row >> nth=5")
        page.wait_for_selector("#study-front .scatterlayer .point")
    network = small_network(filters=5)
    study = store.study("digits")
    trial = store.start_trial(study.id, start(len(store.trials(study.id)), network))
    store.record_epoch(trial, report(1, 0.9), end=("finished", "trained all epochs"))
    for page in opened:
        page.wait_for_selector("#study-summary:has-text('best 90.00 %')")
        page.wait_for_selector("#study-told:has-text('7 of 7 trials')")
    for context in contexts:
        context.close()
    assert wrong == []
