"""How quickly the dashboard shows a large study, in Chromium, beside optuna-dashboard.

Both are served by a process of their own from an SQLite file and asked by a browser that has seen
neither before. The first view is there when marks and, in ours, rows are; what was sent is counted
as it came over the wire. A live update is a trial that is new: the answers that bring it to the
picture. Times of an update, a brush and a sort are those of the server's answers.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error, sync_playwright

from benchmarks.store import fill_optuna, generate, networks
from results import Study, TrialStart, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Playwright, Request, ViewportSize

_OURS = (sys.executable, "-m", "search.command", "dashboard", "--no-token", "--port", "0")
_THERE = ("#study-front .scatterlayer .point", "#study-trials [row-index='0'] [col-id=number]")
_ARGUMENTS = ("--no-sandbox",)
_WINDOW: ViewportSize = {"width": 1280, "height": 1200}
_SMALL = 60
_VISITS = 4
"""A browser keeps compiled programs from the third visit on."""
_PATIENCE = 60_000
"""Milliseconds that a view may take."""


@contextmanager
def served(command: list[str], told: str | None = None) -> Iterator[str]:
    """Run a dashboard and yield its address: what it prints, or the one that is told."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            if told is not None:
                _wait(told)
                yield told
            else:
                assert server.stdout is not None
                found = re.search(r"http://\S+", server.stdout.readline())
                assert found is not None
                yield found[0]
        finally:
            server.terminate()


def _wait(address: str) -> None:
    port = int(address.rsplit(":", 1)[1])
    for _ in range(300):
        with socket.socket() as tried:
            if not tried.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def first_view(page: Page, address: str, *there: str) -> tuple[float, float]:
    """Return the seconds until all selectors are there, and the megabytes that were sent."""
    wire = page.context.new_cdp_session(page)
    sent: list[float] = []
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda told: sent.append(told["encodedDataLength"]))
    began = time.perf_counter()
    page.goto(address)
    for selector in there:
        page.wait_for_selector(selector, state="attached", timeout=_PATIENCE)
    return time.perf_counter() - began, sum(sent) / 1e6


def answers(page: Page, output: str, act: Any, count: int) -> float:
    """Return the milliseconds of the last answer to an output, as a median over some acts."""
    found = []
    for number in range(count):
        with page.expect_event(
            "requestfinished", lambda asked: output in _asked(asked), timeout=_PATIENCE
        ) as caught:
            act(number)
        timing = caught.value.timing
        found.append(timing["responseStart"] - timing["requestStart"])
        page.wait_for_timeout(500)
    return statistics.median(found)


def _asked(request: Request) -> str:
    return json.loads(request.post_data or "{}").get("output", "") if request.post_data else ""


def ours(browser: Browser, url: str, count: int) -> dict[str, float]:
    """Return what the dashboard takes for a study in a store."""
    store = open_store(url)
    study = store.study("large")
    more = networks()

    def add(number: int) -> None:
        store.start_trial(study.id, TrialStart(number=10**6 + number, **next(more)))

    with served([*_OURS, "--store", url]) as address:
        page = browser.new_page(viewport=_WINDOW)
        seconds, sent = first_view(page, f"{address}study?name=large", *_THERE)
        page.wait_for_timeout(3_000)
        # Where cores are few it looks less often, which is not what is measured here.
        page.evaluate("dash_clientside.set_props('study-tick', {interval: 2000})")
        look = answers(page, "study-summary.children", add, count)
        draw = answers(page, "study-front.figure", lambda number: add(count + number), count)
        header = page.locator("#study-trials .ag-header-cell-text:text-is('accuracy')")
        sort = answers(page, "getRowsResponse", lambda _: header.click(), count)
        box = page.locator("#study-front .nsewdrag").first.bounding_box()
        assert box is not None

        def brush(number: int) -> None:
            page.mouse.move(box["x"] + 20 + 10 * number, box["y"] + 5)
            page.mouse.down()
            page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
            page.mouse.up()

        brushed = answers(page, "getRowsResponse", brush, count)
        page.context.close()
    store.close()
    told_ms = {"update_ms": look + draw, "brush_ms": brushed, "sort_ms": sort}
    return {"first_view_s": seconds, **told_ms, "first_view_mb": sent}


def small(browser: Browser, url: str) -> float:
    """Return seconds to the first view of a small study: what programs alone take to load."""
    generate(url, _SMALL)
    with served([*_OURS, "--store", url]) as address:
        page = browser.new_page(viewport=_WINDOW)
        seconds, _ = first_view(page, f"{address}study?name=large", *_THERE)
        page.context.close()
    return seconds


def again(playwright: Playwright, chromium: str, url: str) -> float:
    """Return the seconds to the view in a browser that has seen it before."""
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium, args=_ARGUMENTS, viewport=_WINDOW
        )
        with served([*_OURS, "--store", url]) as address:
            for _ in range(_VISITS):
                page = context.new_page()
                seconds, _ = first_view(page, f"{address}study?name=large", *_THERE)
                page.wait_for_timeout(3_000)
                page.close()
        context.close()
    return seconds


def theirs(browser: Browser, folder: Path, url: str, trials: int) -> float:
    """Return seconds until optuna-dashboard shows as many trials; infinite where it does not."""
    database = f"sqlite:///{folder}/optuna-{trials}.db"
    store = open_store(url)
    fill_optuna(database, Study(store, "large"), trials)
    store.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("optuna-dashboard")
    with served(
        [str(program), database, "--port", str(port)], f"http://127.0.0.1:{port}"
    ) as address:
        try:
            marks = "#graph-pareto-front .trace, #graph-pareto-front .gl-canvas"
            page = browser.new_page(viewport=_WINDOW)
            seconds, _ = first_view(page, f"{address}/dashboard/studies/1", marks)
            page.context.close()
        except Error:
            return float("inf")
    return seconds


def main() -> None:
    """Generate studies, look at them, and print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--beside", type=int, default=10_000, help="trials for optuna-dashboard")
    parser.add_argument("--all-beside", action="store_true", help="and as many as ours has")
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no chromium: `make browser` installs it")
    trials, beside = (5_000, 300) if options.quick else (options.trials, options.beside)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        url = f"sqlite:///{folder}/large.db"
        generate(url, trials)
        found = {"trials": float(trials), **ours(browser, url, 3 if options.quick else 7)}
        found["again_s"] = again(playwright, chromium, url)
        found["small_first_view_s"] = small(browser, f"sqlite:///{folder}/small.db")
        found["optuna_first_view_s_10k"] = theirs(browser, Path(folder), url, beside)
        if options.all_beside:
            found["optuna_first_view_s_all"] = theirs(browser, Path(folder), url, trials)
        browser.close()
    for name, value in found.items():
        print(f"{name:<26}{value:12,.3f}")
    known = {
        name: round(value, 4) if value < float("inf") else None for name, value in found.items()
    }
    print(json.dumps(known))


if __name__ == "__main__":
    main()
