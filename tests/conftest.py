"""What tests of several packages need: a PostgreSQL server of their own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# Machines differ in speed, and are shared: no test may fail for want of it.
settings.register_profile("sizewise", deadline=None)
settings.load_profile("sizewise")

SCRIPT = Path(__file__).parent.parent / "scripts" / "postgres.sh"
NUMBERS = count(1)


def call(*words: str, check: bool = True) -> str:
    command = [str(SCRIPT), *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0 or not check, ran.stderr
    return ran.stdout.strip()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a throwaway server."""
    if not call("find", check=False):
        pytest.skip("PostgreSQL's server is not installed: `make postgres`")
    # Not below pytest's own folder, which the server's user may not enter.
    folder = tempfile.mkdtemp(prefix="sizewise-postgres-")
    try:
        yield call("start", folder)
    finally:
        call("stop", folder, check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """The URL of an empty schema, which costs much less than an empty database."""
    import psycopg

    name = f"store_{next(NUMBERS)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{postgres_server}?options=-csearch_path%3D{name}"
