"""Starts the jobs that pages ask for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

import yaml

from results.dashboard.launcher import Launched
from results.errors import StudyExistsError
from results.names import check_name
from space.census import text
from space.errors import InputError
from space.presets import PRESETS

from ..job import Job
from ..job_file import BUILT_IN_FOLDER, built_in_jobs, parse_job
from ..plan import draw_split, prepare
from ..session import refuse_taken
from . import processes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from results import Store
    from trainers import Split

    from ..job import SplitSettings
    from ..plan import Plan

# No study's name begins with a dot.
_FOLDER: Final = ".launched"
_JOB: Final = "job.yaml"


@final
class ProcessLauncher:
    """Runs each job in a process of this machine that goes on when the dashboard ends.

    Job, log and what is needed to find the process again lie in ``runs/.launched/STUDY``.

    Args:
        store: Where the studies stand.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def schema(self) -> Mapping[str, Any]:
        """Return the JSON schema of a job."""
        return Job.model_json_schema()

    def examples(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the built-in jobs, and one for each preset of a space."""
        jobs = {
            name: yaml.safe_load((BUILT_IN_FOLDER / f"{name}.yaml").read_text())
            for name in built_in_jobs()
        }
        for name, preset in PRESETS.items():
            jobs[f"{name} space"] = {"data": "digits", "space": name, "limits": {**preset.limits}}
        return jobs

    def check(self, job: str) -> None:
        """Raise where a job, as YAML, breaks a rule."""
        self._plan(job)

    def census(self, job: str) -> str:
        """Return what the space of a job holds, as text."""
        return text(self._plan(job).space.census())

    def start(self, job: str) -> str:
        """Start a job and return the name of its study."""
        plan = self._plan(job)
        name = plan.job.study or self._store.next_name("search")
        folder = self._folder(name)
        running = processes.find(folder)
        if running is not None and running.alive:
            raise StudyExistsError("study", "a search for it must not run already", name)
        folder.mkdir(parents=True, exist_ok=True)
        document = yaml.safe_load(job) | {"study": name, "data": plan.job.data}
        path = folder / _JOB
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        processes.start(folder, ["run", str(path)], self._variables)
        return name

    def resume(self, study: str) -> None:
        """Go on with an interrupted study."""
        record = self._store.study(study)
        folder = self._folder(record.name)
        running = processes.find(folder)
        if record.state != "interrupted" or (running is not None and running.alive):
            raise InputError("study", "must be interrupted to go on with", record.name)
        processes.start(folder, ["resume", record.name], self._variables)

    def stop(self, study: str) -> None:
        """Let a search end as Ctrl-C does."""
        process = processes.find(self._folder(study))
        if process is None or not process.alive:
            raise InputError("study", "must be searched for by a process of the dashboard", study)
        process.stop()

    def launched(self) -> list[Launched]:
        """Return what was started, the newest first."""
        found = []
        for folder in self._folders.glob("*/"):
            process = processes.find(folder)
            if process is not None:
                found.append(Launched(folder.name, process.alive, process.time))
        return sorted(found, key=lambda one: one.started, reverse=True)

    def log(self, study: str) -> str:
        """Return the last lines that a search has printed."""
        return processes.log_tail(self._folder(study))

    @property
    def _variables(self) -> dict[str, str]:
        # Not as an argument: those stand in the list of processes, and the URL may hold a password.
        return {"SIZEWISE_STORE": self._store.url}

    @property
    def _folders(self) -> Path:
        return self._store.folder("any").parent / _FOLDER

    def _folder(self, study: str) -> Path:
        return self._folders / check_name(study)

    def _plan(self, text: str) -> Plan:
        """Return the plan of a job; data that was read for the last one is not read again."""
        job = parse_job(text, base=Path.cwd())
        refuse_taken(job.study, self._store)
        return prepare(job, _split(job.data, job.split, job.search.seed))


@lru_cache(maxsize=1)
def _split(source: str, shares: SplitSettings, seed: int) -> Split:
    return draw_split(source, shares, seed)[1]
