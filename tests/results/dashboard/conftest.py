"""A dashboard on a port, and pages of a real browser: Debian's Chromium, where it is installed."""

from __future__ import annotations

import shutil
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from waitress.server import create_server

from results.dashboard import create_app
from results.dashboard.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from results import Store
    from results.dashboard.launcher import Launcher

_CHROMIUM = shutil.which("chromium")
TOKEN = "a-token-of-this-test"


@pytest.fixture(scope="module")
def launcher() -> Launcher | None:
    """Who starts searches: nobody, unless a module says who."""
    return None


@pytest.fixture(scope="module")
def address(store: Store, launcher: Launcher | None) -> Iterator[str]:
    app = create_app(store, launcher=launcher)
    Guard(TOKEN).protect(app.server, app.csp_hashes())
    server = create_server(app.server, host="127.0.0.1", port=0, threads=4)
    thread = Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if _CHROMIUM is None:
        pytest.skip("no chromium: `make browser` installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that may say nothing wrong, and may ask nobody else."""
    wrong: list[str] = []
    with browser.new_context(base_url=address) as context:
        # As on a machine of many cores, where a study is looked at every two seconds.
        context.add_init_script(
            "Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 16 })"
        )
        opened = context.new_page()
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on(
            "console",
            lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None,
        )
        opened.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((address, "data:", "blob:"))
                else wrong.append(asked.url)
            ),
        )
        opened.goto(f"/?token={TOKEN}")
        opened.wait_for_selector("#studies-list")
        yield opened
    assert wrong == []
