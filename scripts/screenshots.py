"""Take the pictures of the dashboard that stand in the docs: every page, light and dark.

Run ``python scripts/screenshots.py [FOLDER]``: two small studies of digits are searched, which
takes some minutes, and the pages are photographed in Debian's Chromium.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from PIL import Image
from playwright.sync_api import sync_playwright

from results import Study, open_store
from search.job_file import BUILT_IN_FOLDER

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parent.parent / "docs" / "images" / "dashboard"
TOKEN = "for-these-pictures"
SIZEWISE = [sys.executable, "-m", "search.command"]


def search(store: str, folder: Path) -> None:
    """Search digits twice: by `pareto` that stops early, and at random."""
    job = yaml.safe_load((BUILT_IN_FOLDER / "digits.yaml").read_text())
    for name, more in (("digits", {"stop": "front"}), ("at-random", {"algorithm": "random"})):
        path = folder / f"{name}.yaml"
        changes = {"study": name, "recipe": {"epochs": 12}, "budget": {"trials": 60}}
        path.write_text(yaml.safe_dump(job | changes | {"search": job["search"] | more}))
        subprocess.run([*SIZEWISE, "run", str(path), "--store", store], check=True, cwd=folder)


def pages(store: str) -> dict[str, tuple[str, str]]:
    """Return the address of each picture, and what is there once it can be taken."""
    front = Study(open_store(store), "digits").front()["number"].tolist()
    best, small, middle = front[-1], front[len(front) // 3], front[len(front) // 2]
    trial = f"/trial?study=digits&number={best}"
    return {
        "studies": ("/", "#studies-list img >> nth=1"),
        "study": ("/study?name=digits", "#study-more .scatterlayer .trace"),
        "study-stages": ("/study?name=digits&tab=stages", "#study-more .scatterlayer .trace"),
        "study-matters": ("/study?name=digits&tab=matters", "#study-more .barlayer .trace"),
        "study-stops": ("/study?name=digits&tab=rungs", "#study-more table >> nth=1"),
        "overlay": ("/overlay?names=digits,at-random", "#overlay-growth .trace >> nth=5"),
        "trial": (trial, ".network .block.conv"),
        "trial-inside": (f"{trial}&tab=inside", "#trial-inside img >> nth=5"),
        "compare": (
            f"/compare?study=digits&trials={best},{middle},{small}",
            "#compare-curves .scatterlayer .trace >> nth=2",
        ),
        "launch": ("/launch?example=digits", "#launch-census:has-text('in the limits')"),
        "jobs": ("/jobs?name=launched", "#jobs-log:has-text('The study is finished')"),
    }


def launch(page: Page) -> None:
    """Start a small search from the form, so that there is one to be followed."""
    page.goto("/launch?example=digits")
    for label, value in (("Name", "launched"), ("Trials", "6"), ("Epochs", "4")):
        page.get_by_label(label, exact=True).fill(value)
    page.wait_for_selector("#launch-yaml:has-text('study: launched')", state="attached")
    page.wait_for_selector("#launch-start:not([disabled])")
    page.click("#launch-start")
    page.wait_for_selector("#jobs-list:has-text('finished')", timeout=300_000)


def photograph(browser: Browser, address: str, store: str, folder: Path) -> None:
    """Take every picture in both themes."""
    wanted = pages(store)
    for scheme in ("light", "dark"):
        with browser.new_context(
            base_url=address, color_scheme=scheme, viewport={"width": 1200, "height": 800}
        ) as context:
            page = context.new_page()
            page.goto(f"/?token={TOKEN}")
            if scheme == "light":
                launch(page)
            for name, (path, there) in wanted.items():
                page.goto(path)
                page.wait_for_selector(there, timeout=120_000)
                if "study?" in path:
                    page.wait_for_selector("#study-front .scatterlayer .point")
                page.wait_for_timeout(1_500)
                keep(page.screenshot(full_page=True), folder / f"{name}-{scheme}.png")


def keep(picture: bytes, path: Path) -> None:
    """Write a picture with as few colours as a page has: a third of the bytes."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    whole.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Search, serve, and take the pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no chromium: `make browser` installs it")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/runs/sizewise.db"
        search(store, Path(folder))
        command = [*SIZEWISE, "dashboard", "--store", store, "--port", "0", "--token", TOKEN]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as server:
            try:
                assert server.stdout is not None
                found = re.search(r"(http://\S+)/\?", server.stdout.readline())
                assert found is not None
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(
                        executable_path=chromium, args=["--no-sandbox"]
                    )
                    photograph(browser, found[1], store, target)
                    browser.close()
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
