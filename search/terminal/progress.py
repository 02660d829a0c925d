"""The live view of a running study in the terminal."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from results.marks import amount
from results.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from results import StudyRecord

    from ..standing import Ended, Standing

FRONT_ROWS = 12
BAR_WIDTH = 30
LINE_SECONDS = 15.0


@contextmanager
def watch(study: StudyRecord, standing: Standing) -> Iterator[None]:
    """Show the study in place, where the terminal can; else print a line now and then."""
    console = Console()
    before = f", {standing.done} done before" if standing.done else ""
    goal = f"{standing.trials} trials{before}"
    console.print(f"Study [bold]{study.name}[/bold]: {goal}. Starting workers…")
    if standing.known:
        console.print(f"Starts from {standing.known}.", highlight=False)
    if standing.told:
        console.print(f"{standing.told}.", highlight=False)
    if not console.is_terminal:
        with _lines(standing, console):
            yield
        return
    with Live(_View(standing), console=console, refresh_per_second=4, transient=True):
        yield


@contextmanager
def _lines(standing: Standing, console: Console) -> Iterator[None]:
    """Tell a log how the study stands, as often as trials end but not more often than a reader."""
    over = threading.Event()

    def tell() -> None:
        told = standing.done
        while not over.wait(LINE_SECONDS):
            if told != (told := standing.done):
                console.print("  ".join(filter(None, _words(standing))), highlight=False)

    thread = threading.Thread(target=tell, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _words(standing: Standing) -> Iterator[str]:
    best, left = standing.best, standing.seconds_left
    yield f"{standing.done}/{standing.trials} trials"
    yield f"best {best.accuracy:.2%}" if best else "no result yet"
    yield f"{standing.failed} failed" if standing.failed else ""
    yield f"about {clock(left)} left" if left is not None else ""


class _View:
    """Drawn afresh at each refresh of the terminal."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._began = time.monotonic()

    def __rich__(self) -> RenderableType:
        parts = [self._headline(), self._running()]
        return Group(*parts, front_table(self._standing)) if self._standing.front else Group(*parts)

    def _headline(self) -> RenderableType:
        standing = self._standing
        row = Table.grid(padding=(0, 2))
        row.add_row(
            ProgressBar(total=standing.trials, completed=standing.done, width=BAR_WIDTH),
            *_words(standing),
            f"{clock(time.monotonic() - self._began)} spent",
        )
        return row

    def _running(self) -> RenderableType:
        epochs = self._standing.epochs
        trials = sorted(self._standing.running.values(), key=lambda running: running.number)
        told = (f"trial {one.number} ({one.epoch}/{epochs})" for one in trials)
        return Text("training  " + "   ".join(told) if trials else "starting workers", style="dim")


def front_table(standing: Standing) -> Table:
    """Return the front so far, smallest first; the middle is left out when it is long."""
    table = Table(title="front so far", title_justify="left", title_style="bold", box=None)
    for name in ("trial", "accuracy", *standing.sizes):
        table.add_column(name, justify="right")
    table.add_column("network")
    for ended in _shortened(standing.front):
        table.add_row(
            str(ended.number),
            f"{ended.accuracy:.2%}",
            *map(amount, ended.sizes),
            outline(ended.architecture),
        )
    return table


def _shortened(front: list[Ended]) -> list[Ended]:
    if len(front) <= FRONT_ROWS:
        return front
    half = FRONT_ROWS // 2
    return front[:half] + front[-half:]


def clock(seconds: float) -> str:
    """Return seconds as ``m:ss``, or ``h:mm:ss`` from an hour on."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
