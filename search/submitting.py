"""Sending searches to a Ray cluster from any machine, through Ray's Jobs API.

The whole search runs on the cluster's head, beside its workers: nothing of it hangs on the machine
that sent it.
"""

from __future__ import annotations

import asyncio
import shlex
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from results import open_store
from results.errors import StudyExistsError
from results.names import check_name, first_free
from space.errors import InputError, closest

from .runners.ray_connection import job_client

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from ray.job_submission import JobSubmissionClient

    from results import Store

    from .job import Job

STOP_SECONDS: Final = 600
"""How long a search may take to finish its running epochs before Ray ends it."""

_STUDY: Final = "sizewise_study"
_JOB_FILE: Final = "job.yaml"
_POLL_SECONDS: Final = 0.5

# On the head, before the search: a database file of its own would be lost with the job's folder.
_NEEDS: Final = (
    ': "${SIZEWISE_STORE:?must be the URL of a PostgreSQL store: give --store to submit, '
    'or set it where ray starts}"; '
    'export SIZEWISE_RUNS="${SIZEWISE_RUNS:-$HOME/runs}"; '
)


@dataclass(frozen=True, slots=True)
class SentJob:
    """A search on a cluster: ``state`` in Ray's words, times in seconds since 1970."""

    id: str
    study: str
    state: str
    started: float | None
    ended: float | None

    @property
    def over(self) -> bool:
        """Whether it runs no more, nor will."""
        return self.state in {"stopped", "succeeded", "failed"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a search on a cluster keeps what it learns; None leaves it to the cluster's variables.

    ``store`` is a server's URL, as the head reaches it; ``runs`` a folder that all nodes share.
    """

    store: str | None = None
    runs: str | None = None


def submit(address: str, stem: str, job: Job, where: Surroundings) -> SentJob:
    """Send a job to a cluster and return what became of it so far.

    Args:
        address: The cluster's dashboard, ``http://HEAD:8265``.
        stem: What the study is called where the job does not say; numbered when it is taken.
        job: The job; its data must be readable on the head.
        where: Where it keeps what it learns.

    Raises:
        InputError: The cluster or the store cannot be reached, or the study exists.
    """
    with _server(where.store) as store, job_client(address) as client:
        study = _name(job, stem, store, _sent(client))
        here = {"study": study, "run": job.run.model_copy(update={"address": "auto"})}
        document = job.model_copy(update=here).model_dump(mode="json", exclude_defaults=True)
        return _send(client, study, ["run", _JOB_FILE], where, document)


def submit_resume(address: str, study: str, where: Surroundings) -> SentJob:
    """Let a cluster go on with a study of its store; arguments and errors are those of `submit`."""
    check_name(study)
    with _server(where.store) as store, job_client(address) as client:
        if store is not None:
            store.study(study)
        return _send(client, study, ["resume", study, "--address", "auto"], where, {})


def sent_jobs(address: str) -> list[SentJob]:
    """Return the searches that were sent to a cluster, the latest last."""
    with job_client(address) as client:
        return _sent(client)


def logs(address: str, name: str, *, follow: bool) -> Iterator[str]:
    """Yield what a search has printed, by the id of its job or the name of its study.

    Args:
        address: The cluster's dashboard.
        name: A job or a study; of several jobs of a study the latest.
        follow: Go on until the search ends.
    """
    with job_client(address) as client:
        job = _find(client, name)
        if follow:
            yield from _tail(client, job.id)
        else:
            yield client.get_job_logs(job.id)


def stop(address: str, name: str) -> Generator[SentJob, None, None]:
    """Ask a search to finish its running epochs and save; yield how it stands, then how it ended.

    Raises:
        InputError: There is no such job, or it runs no more.
    """
    with job_client(address) as client:
        job = _find(client, name)
        if job.over:
            raise InputError("JOB", "must be running", f"{name} ({job.state})", _again(job.study))
        client.stop_job(job.id)
        yield job
        while not (job := _find(client, job.id)).over:
            time.sleep(_POLL_SECONDS)
        yield job


def _again(study: str) -> str:
    return f"Go on with its study by `sizewise submit --resume {study}`."


@contextmanager
def _server(url: str | None) -> Iterator[Store | None]:
    """Hold the store that was given, which must be one that another machine can reach."""
    if url is None:
        yield None
        return
    with closing(open_store(check_server(url))) as store:
        yield store


def check_server(url: str) -> str:
    """Return the URL of a store in a server.

    Raises:
        InputError: It is a file, which no other machine can reach.
    """
    if url.startswith("sqlite"):
        raise InputError(
            "store",
            "a search on a cluster must have a store in a server, which the head can reach",
            url,
            "Give --store postgresql://USER:PASSWORD@HOST/DATABASE.",
        )
    return url


def _name(job: Job, stem: str, store: Store | None, sent: list[SentJob]) -> str:
    """Return what the study will be called."""
    stored = {study.name for study in store.studies()} if store is not None else set()
    if job.study is None:
        return first_free(check_name(stem), stored | {each.study for each in sent})
    # One that was just sent has no study yet.
    if job.study in stored | {each.study for each in sent if not each.over}:
        rule = "a new study's name must be free"
        raise StudyExistsError("study", rule, job.study, _again(job.study))
    return check_name(job.study)


def _send(
    client: JobSubmissionClient,
    study: str,
    words: list[str],
    where: Surroundings,
    document: dict[str, Any],
) -> SentJob:
    variables = {"SIZEWISE_STORE": where.store, "SIZEWISE_RUNS": where.runs}
    given = {name: value for name, value in variables.items() if value}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, _JOB_FILE).write_text(yaml.safe_dump(document, sort_keys=False))
        job_id = client.submit_job(
            entrypoint=_NEEDS + "exec sizewise " + shlex.join(words),
            runtime_env={
                "working_dir": folder,
                "env_vars": given | {"RAY_JOB_STOP_WAIT_TIME_S": str(STOP_SECONDS)},
            },
            metadata={_STUDY: study},
        )
    return _find(client, job_id)


def _sent(client: JobSubmissionClient) -> list[SentJob]:
    found = [
        SentJob(
            id=str(told.submission_id),
            study=told.metadata[_STUDY],
            state=told.status.value.lower(),
            started=told.start_time / 1000 if told.start_time else None,
            ended=told.end_time / 1000 if told.end_time else None,
        )
        for told in client.list_jobs()
        if told.metadata and _STUDY in told.metadata
    ]
    return sorted(found, key=lambda job: job.started or 0.0)


def _find(client: JobSubmissionClient, name: str) -> SentJob:
    sent = _sent(client)
    mine = [job for job in sent if name in {job.id, job.study}]
    if not mine:
        known = {word for job in sent for word in (job.id, job.study)}
        hint = closest(name, known) if known else "No search was sent to this cluster."
        raise InputError("JOB", "must be a job or a study on the cluster", name, hint)
    return mine[-1]


def _tail(client: JobSubmissionClient, job_id: str) -> Iterator[str]:
    """Yield the log's pieces as they come; Ray offers them to coroutines only."""
    pieces = client.tail_job_logs(job_id)

    async def following() -> str | None:
        return await anext(pieces, None)

    with asyncio.Runner() as runner:
        while (piece := runner.run(following())) is not None:
            yield piece
