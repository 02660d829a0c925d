"""Small jobs that the tests of search share."""

from __future__ import annotations

from typing import Any

from search.job import Job

SPACE: dict[str, Any] = {
    "stages": [
        {"repeat": [1], "op": ["conv"], "filters": [2, 4, 6, 8], "kernel": [1, 3], "pool": ["max"]},
        {"repeat": [0, 1], "op": ["conv"], "filters": [4, 8, 12], "kernel": [3], "pool": ["none"]},
    ],
    "head": {"pool": ["global_avg", "flatten"], "hidden": [[]], "dropout": [0.0]},
}


def small_job(**changes: Any) -> Job:
    """A job on digits that trains in a second or two; sections are given as mappings."""
    document: dict[str, Any] = {
        "data": "digits",
        "space": SPACE,
        "limits": {"params": 1_500},
        "recipe": {"epochs": 2, "batch_size": 128},
        "search": {"algorithm": "random", "seed": 7},
        "budget": {"trials": 4},
        "run": {"runner": "inline"},
    }
    return Job.model_validate(document | changes)
