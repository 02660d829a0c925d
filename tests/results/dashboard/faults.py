"""What those who cannot see a page would stumble over, by axe-core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page


def serious_faults(page: Page) -> list[tuple[str, str]]:
    """Return rules and parts of the page that break them seriously, once it stands still."""
    page.wait_for_timeout(500)
    return [
        (each["id"], each["nodes"][0]["html"])
        for each in Axe().run(page).response["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
