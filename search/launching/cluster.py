"""Starts the jobs that pages ask for on a Ray cluster."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, final

from results.dashboard.launcher import Launched
from space.errors import InputError

from .. import submitting
from ..submitting import Surroundings
from .checks import Checks
from .processes import tail

if TYPE_CHECKING:
    from results import Store


@final
class ClusterLauncher(Checks):
    """Sends each job to a Ray cluster, beside those that others have sent.

    Args:
        store: Where the studies stand: in a server that the cluster reaches too.
        address: The cluster's dashboard, ``http://HEAD:8265``.

    Raises:
        InputError: The store is a file, or no cluster takes jobs at the address.
    """

    def __init__(self, store: Store, address: str) -> None:
        super().__init__(store)
        self.place = address
        self._where = Surroundings(submitting.check_server(store.url))
        # Ray is told of a cluster's token by variables of the whole process.
        self._lock = Lock()
        self.launched()

    def start(self, job: str) -> str:
        """Send a job and return the name of its study."""
        plan = self.plan(job)
        with self._lock:
            return submitting.submit(self.place, "search", plan.job, self._where).study

    def resume(self, study: str) -> None:
        """Let the cluster go on with an interrupted study."""
        record = self.store.study(study)
        if record.state != "interrupted":
            raise InputError("study", "must be interrupted to go on with", record.name)
        with self._lock:
            submitting.submit_resume(self.place, record.name, self._where)

    def stop(self, study: str) -> None:
        """Let a search end as `sizewise stop` does, without waiting for it."""
        with self._lock, closing(submitting.stop(self.place, study)) as steps:
            next(steps)

    def launched(self) -> list[Launched]:
        """Return the latest job of each study, the newest first."""
        with self._lock:
            jobs = {job.study: job for job in submitting.sent_jobs(self.place)}
        now = datetime.now(UTC)
        found = [
            Launched(
                job.study,
                not job.over,
                datetime.fromtimestamp(job.started, UTC) if job.started else now,
            )
            for job in jobs.values()
        ]
        return sorted(found, key=lambda one: one.started, reverse=True)

    def log(self, study: str) -> str:
        """Return the last lines that the latest job of a study has printed."""
        if study not in {one.study for one in self.launched()}:
            return ""
        with self._lock:
            return tail("".join(submitting.logs(self.place, study, follow=False)))
