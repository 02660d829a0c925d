"""What is known of a job before it starts, wherever it will run."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from space.census import text
from space.presets import PRESETS

from ..job import Job
from ..job_file import BUILT_IN_FOLDER, built_in_jobs, parse_job
from ..plan import draw_split, prepare
from ..session import refuse_taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from results import Store
    from trainers import Split

    from ..job import SplitSettings
    from ..plan import Plan


class Checks:
    """The half of a launcher that starts nothing.

    Args:
        store: Where the studies stand.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

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
        self.plan(job)

    def census(self, job: str) -> str:
        """Return what the space of a job holds, as text."""
        return text(self.plan(job).space.census())

    def plan(self, text: str) -> Plan:
        """Return the plan of a job; data that was read for the last one is not read again."""
        job = parse_job(text, base=Path.cwd())
        refuse_taken(job.study, self.store)
        return prepare(job, _split(job.data, job.split, job.search.seed))


@lru_cache(maxsize=1)
def _split(source: str, shares: SplitSettings, seed: int) -> Split:
    return draw_split(source, shares, seed)[1]
