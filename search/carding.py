"""The data card of a job, or of a source that has no job yet."""

from __future__ import annotations

from pathlib import Path

from space.errors import InputError, closest
from trainers.data import DataCard, data_card
from trainers.data.sources import EMBEDDED, FORMS

from .job import SearchSettings, SplitSettings
from .job_file import built_in_jobs, read_job
from .plan import draw_split


def card_of(source_or_job: str) -> DataCard:
    """Return the card of the data that a source string or a job names, split as a run would.

    A source is split by the defaults of a job.

    Raises:
        InputError: There is no such source or job, or its data cannot be used or divided.
    """
    if _is_job(source_or_job):
        job = read_job(source_or_job)[1]
        return data_card(*draw_split(job.data, job.split, job.search.seed))
    return data_card(*draw_split(source_or_job, SplitSettings(), SearchSettings().seed))


def _is_job(name: str) -> bool:
    """Return whether ``name`` is that of a job.

    Raises:
        InputError: It is neither that of a job nor like that of a source.
    """
    if name in built_in_jobs() or Path(name).suffix in {".yaml", ".yml"}:
        return True
    if ":" in name or Path(name).is_dir() or Path(name).suffix == ".npz":
        return False
    if Path(name).is_file():
        return True
    rule = "must be a source of images or a job file"
    jobs = [str(path) for path in Path().glob("*.y*ml")]
    known = {EMBEDDED, *built_in_jobs(), *jobs, *(f"{kind}:{FORMS[kind]}" for kind in FORMS)}
    raise InputError("SOURCE_OR_JOB", rule, name, closest(name, known))
