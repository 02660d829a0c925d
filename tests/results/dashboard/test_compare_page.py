"""Trials side by side, of a study that was trained for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from results import Store, Study

from .faults import serious_faults
from .live import trained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = trained(tmp_path_factory.mktemp("compare"))
    yield opened
    opened.close()


def test_rows_of_the_table_are_compared(page: Page, store: Store) -> None:
    page.goto("/study?name=small")
    cell = "#study-trials [row-index='{}'] [col-id='state']"
    page.click(cell.format(3))
    page.wait_for_selector("#study-trial >> text=sizewise show small 3")
    for row in (0, 1):
        page.click(cell.format(row), modifiers=["Control"])
    page.click("#study-trial a:has-text('Compare trials')")
    page.wait_for_selector("#compare-curves .scatterlayer .trace >> nth=2")
    page.wait_for_selector("#compare-costs .barlayer .trace >> nth=5")
    assert page.locator(".network").count() == 3
    assert serious_faults(page) == []

    # In which order rows were selected is the grid's business.
    first, second, _ = (int(each) for each in page.url.partition("trials=")[2].split("%2C"))
    table = page.locator("table", has_text=f"trial {first}trial {second}params").first.inner_text()
    study = Study(store, "small")
    params = [study.trial(number).params for number in (first, second)]
    assert f"{params[1] - params[0]:+,}" in table.replace("\t", " ")

    page.click("#compare-ask")
    page.wait_for_selector("#compare-sides >> text=McNemar's exact test >> nth=1", timeout=60_000)
    page.click("a:text-is('remove') >> nth=0")
    page.wait_for_selector(f"h1:not(:has-text(', trials {first},'))")
    page.fill("#compare-trials", "2,3")
    page.press("#compare-trials", "Enter")
    page.wait_for_selector("h1:has-text('trials 2, 3')")
    assert page.url.endswith("trials=2%2C3")


def test_what_cannot_be_compared_is_explained(page: Page) -> None:
    for trials in ("1", "1,1", "0,1,2,3,0,1,2", "1,99", "one,two", "", "1,-2"):
        page.goto(f"/compare?study=small&trials={trials}")
        page.wait_for_selector("#page >> text=There is nothing to show here")
