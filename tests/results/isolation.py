"""A Python that finds some packages, with what they need, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

START = """
import sys
sys.path.insert(0, {site!r})
for name in ("space", "trainers", "results", "search", *{absent!r}):
    try:
        __import__(name)
    except ModuleNotFoundError:
        continue
    sys.exit(f"{{name}} can be imported")
sys.path.insert(0, ".")
sys.argv = {words!r}
"""


def isolated_site(folder: Path, *packages: str) -> Path:
    """Fill a folder with links to packages, and to all that their own metadata ask for."""
    folder.mkdir()
    for name in _closure(packages):
        found = distribution(name)
        tops = {Path(file).parts[0] for file in found.files or ()} - {"..", "__pycache__", "bin"}
        for top in tops:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(found.locate_file(top))).resolve())
    return folder


def _closure(packages: tuple[str, ...]) -> set[str]:
    known: set[str] = set()
    waiting = list(packages)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in known:
            continue
        try:
            needed = map(Requirement, distribution(name).requires or ())
        except PackageNotFoundError:
            # What belongs to another platform's wheel.
            continue
        known.add(name)
        waiting += [each.name for each in needed if not each.marker or each.marker.evaluate()]
    return known


def run_isolated(
    source: str, *words: str, site: Path, folder: Path, absent: tuple[str, ...] = ()
) -> str:
    """Run source in ``folder``; it finds the standard library, ``site`` and the folder itself."""
    start = START.format(site=str(site), absent=absent, words=["script", *words])
    # Without -S, the packages of this environment would be found too.
    command = [sys.executable, "-I", "-S", "-B", "-c", start + source]
    environment = {"PATH": "/usr/bin:/bin", "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
        env=environment | {"HOME": str(site)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
