"""A process that outlives its parent, and is found again by the next one."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trainers.atomic import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RECORD: Final = "process.json"
_LOG: Final = "log.txt"
_TAIL: Final = 64_000
"""Bytes at the end of a log that are looked at."""
_LINES: Final = 200
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
_CHILDREN: Final = dict[int, "subprocess.Popen[bytes]"]()
"""Our own children: one that ended stays a zombie until it is asked."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its number, and when the kernel says that it began, since numbers return."""

    pid: int
    began: int
    started: str

    @property
    def alive(self) -> bool:
        """Whether it runs still."""
        child = _CHILDREN.get(self.pid)
        if child is not None and child.poll() is not None:
            del _CHILDREN[self.pid]
        return _began(self.pid) == self.began

    @property
    def time(self) -> datetime:
        """When it was started, in UTC."""
        return datetime.fromisoformat(self.started)

    def stop(self) -> None:
        """Ask it to end cleanly."""
        if self.alive:
            os.kill(self.pid, signal.SIGTERM)


def start(folder: Path, words: Sequence[str], variables: Mapping[str, str]) -> Process:
    """Start a command of sizewise in a session of its own; its output goes on in the log.

    Args:
        folder: Where the log lies, and what is needed to find the process again.
        words: The command and its arguments.
        variables: Of its environment, besides ours.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOG).open("ab") as log:
        child = subprocess.Popen(  # noqa: S603  our own command, and names that were checked
            [sys.executable, "-m", "search.command", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **variables, "PYTHONUNBUFFERED": "1"},
        )
    _CHILDREN[child.pid] = child
    process = Process(child.pid, _began(child.pid) or 0, datetime.now(UTC).isoformat())
    write_whole(folder / _RECORD, json.dumps(asdict(process)).encode())
    return process


def find(folder: Path) -> Process | None:
    """Return the last process that was started there, None where there was none."""
    try:
        return Process(**json.loads((folder / _RECORD).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def log_tail(folder: Path) -> str:
    """Return the last lines of a log, empty where there is none."""
    try:
        with (folder / _LOG).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _TAIL))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return tail(text)


def tail(text: str) -> str:
    """Return the last lines of what was printed, without what moves a terminal's cursor."""
    return "\n".join(_ESCAPES.sub("", text).splitlines()[-_LINES:])


def _began(pid: int) -> int | None:
    """Return when a process began, in ticks since the machine did; None where none runs."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name of the program, in brackets, may hold anything.
    fields = text.rpartition(")")[2].split()
    state, began = fields[0], int(fields[19])
    return None if state in {"Z", "X"} else began
