"""Starts the jobs that pages ask for on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import yaml

from results.dashboard.launcher import Launched
from results.errors import StudyExistsError
from results.names import check_name
from space.errors import InputError

from . import processes
from .checks import Checks

if TYPE_CHECKING:
    from pathlib import Path

# No study's name begins with a dot.
_FOLDER: Final = ".launched"
_JOB: Final = "job.yaml"


@final
class ProcessLauncher(Checks):
    """Runs each job in a process of this machine that goes on when the dashboard ends.

    Job, log and what is needed to find the process again lie in ``runs/.launched/STUDY``.
    """

    place = "this machine"

    def start(self, job: str) -> str:
        """Start a job and return the name of its study."""
        plan = self.plan(job)
        name = plan.job.study or self.store.next_name("search")
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
        record = self.store.study(study)
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
        return {"SIZEWISE_STORE": self.store.url}

    @property
    def _folders(self) -> Path:
        return self.store.folder("any").parent / _FOLDER

    def _folder(self, study: str) -> Path:
        return self._folders / check_name(study)
