"""Drivers in processes of their own, and their workers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from results import Study
from search.assignment import trial_seed
from tests.search.jobs import small_job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from results import Store

FAULTY = Path(__file__).parent / "faulty"
SEED = 7  # of small jobs
SIZEWISE = [sys.executable, "-m", "search.command"]
PATIENCE = 120


def write_job(folder: Path, **changes: object) -> Path:
    """A job file for two workers; fields of ``run`` are added to these."""
    run = {"runner": "ray", "workers": 2} | changes.pop("run", {})  # type: ignore[operator]
    document = small_job(**{"run": run, **changes}).model_dump(mode="json")
    path = folder / "job.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def start(
    store: Store, *words: str, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    command = [*SIZEWISE, *words, "--store", store.url]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, **(environment or {})},
    )


def finish(process: subprocess.Popen[str], code: int = 0) -> str:
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, output
    assert "Traceback" not in output
    return output


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def finished(store: Store) -> set[int]:
    if not store.studies():
        return set()
    trials = Study(store, "job").trials()
    return set(trials[trials["state"] == "finished"]["number"])


def epochs_in_training(store: Store) -> list[bool]:
    """For each trial in training, whether it is well on its way and far from its end."""
    if not store.studies():
        return []
    trials = Study(store, "job").trials()
    return list(trials[trials["state"] == "running"]["epochs"].between(2, 20))


def workers_of(driver: int) -> list[int]:
    """Processes below the driver that train."""
    listed = subprocess.run(
        ["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    training = [
        int(line.split()[0])
        for line in listed
        if re.search("ray::(Worker|ResourceTrainable)", line)
    ]
    return [pid for pid in training if driver in ancestors(pid)]


def ancestors(pid: int) -> set[int]:
    found: set[int] = set()
    while pid > 1:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            break
        pid = int(fields[1])
        found.add(pid)
    return found


def faults(folder: Path, of: dict[int, tuple[str, int, int]], **more: str) -> dict[str, str]:
    """The environment in which trials meet faults: kind, epoch, and how many times."""
    plan = {str(trial_seed(SEED, number)): fault for number, fault in of.items()}
    (folder / "faults").mkdir()
    path = folder / "faults" / "plan.json"
    path.write_text(json.dumps(plan))
    search_path = os.pathsep.join([str(FAULTY), os.environ.get("PYTHONPATH", "")])
    return {"FAULTS": str(path), "PYTHONPATH": search_path, **more}
