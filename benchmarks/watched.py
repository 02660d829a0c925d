"""How much of a machine the dashboard takes from a search that somebody watches in a browser.

Two workers train digits while the page of their study is open in Chromium on the same machine. The
time that all cores gave to the server and to the browser is read from the kernel, since on few
cores the pace of training itself varies by more than what is looked for.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from playwright.sync_api import sync_playwright

from benchmarks.dashboard import served
from results import open_store
from search.job_file import BUILT_IN_FOLDER

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SIZEWISE = (sys.executable, "-m", "search.command")
_STUDY = "watched"
_SETTLED = 10.0
"""Seconds after the page is there until its programs are read and compiled."""


def seconds_of(word: str) -> float:
    """Return the seconds that cores gave so far to all processes with a word in their command."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word in (folder / "cmdline").read_text().replace("\0", " "):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                found += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return found / os.sysconf("SC_CLK_TCK")


def watched(page: Page, store: str, folder: Path, trials: int) -> dict[str, float]:
    """Run a search with its page open and return shares of the machine's cores."""
    job = yaml.safe_load((BUILT_IN_FOLDER / "digits.yaml").read_text())
    path = folder / "job.yaml"
    changes = {"study": _STUDY, "search": {"algorithm": "random"}, "budget": {"trials": trials}}
    path.write_text(yaml.safe_dump(job | changes))
    words = ["run", str(path), "--store", store, "--workers", "2"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen([*_SIZEWISE, *words], stdout=quiet, stderr=quiet, cwd=folder) as search:
        known = open_store(store)
        while not any(study.name == _STUDY and known.trials(study.id) for study in known.studies()):
            time.sleep(0.5)
        page.goto(f"study?name={_STUDY}")
        page.wait_for_selector("#study-front .scatterlayer")
        time.sleep(_SETTLED)
        words_of = {"server_share": "search.command dashboard", "browser_share": "chromium"}
        before = {name: seconds_of(word) for name, word in words_of.items()}
        began = time.perf_counter()
        while search.poll() is None:
            page.wait_for_timeout(1_000)
        cores = (time.perf_counter() - began) * (os.cpu_count() or 1)
        known.close()
    return {name: (seconds_of(words_of[name]) - before[name]) / cores for name in words_of}


def main() -> None:
    """Watch a search, and print which shares of all cores that took."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--trials", type=int, default=120)
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("no chromium: `make browser` installs it")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = f"sqlite:///{folder}/runs/sizewise.db"
        command = [*_SIZEWISE, "dashboard", "--store", store, "--no-token", "--port", "0"]
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with served(command) as address:
            page = browser.new_page(base_url=address)
            trials = 30 if options.quick else options.trials
            found = watched(page, store, Path(folder), trials)
        browser.close()
    for name, value in found.items():
        print(f"{name:<16}{value:8.2%} of {os.cpu_count()} cores")
    print(json.dumps({name: round(value, 5) for name, value in found.items()}))


if __name__ == "__main__":
    main()
