"""A real study of digits: trained, kept, and looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from results import open_store
from search.session import run
from tests.search.jobs import small_job

if TYPE_CHECKING:
    from pathlib import Path

    from results import Store

HOSTILE = "<img src=x onerror=console.error('run')><script>console.error('run')</script>"


def trained(folder: Path, trials: int = 4) -> Store:
    """A store with a study called ``small``, of a few trials of two epochs."""
    store = open_store(f"sqlite:///{folder}/runs/sizewise.db")
    run(small_job(budget={"trials": trials}), store, name="small")
    return store
