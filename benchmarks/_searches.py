"""One search of a recorded table: what it took, kept in a file so that a long run can go on."""

from __future__ import annotations

import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from results.growth import volumes
from search.job import SearchSettings
from search.replay import read_table, replay
from trainers.atomic import write_whole

from ._tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from search.replay import Table
    from search.replay.read import Columns

SHARES = (0.95, 0.98, 0.99)


@dataclass(frozen=True, slots=True)
class Task:
    """One search: of a table, by an algorithm, with a seed."""

    table: str
    columns: Columns | None
    algorithm: str
    seed: int
    networks: int | None = None
    stop: str = "none"
    until: float | None = SHARES[-1]

    @property
    def stem(self) -> str:
        """The name of the table without its folder."""
        return Path(self.table).stem

    @property
    def path(self) -> Path:
        """Where its result is kept, inside a folder."""
        return Path(self.stem, f"{self.algorithm}-{self.stop}", f"{self.seed:03d}.json")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search took: networks and epochs to each share (inf where it never got there)."""

    task: Task
    networks: tuple[float, ...]
    epochs: tuple[float, ...]
    volume: float
    """The last hypervolume, as a share of the true one."""
    stopped: tuple[int, int]
    """How many trainings were stopped, and how many of them would be on the front."""
    milliseconds: float
    """Of a decision and all around it."""
    spent: int = 0
    """Epochs of the whole search."""
    lost: float = 0.0
    """Share of the hypervolume of all that were tried that stopping cost."""


@cache
def load(name: str, columns: Columns | None) -> Table:
    """Return a table by its name, or from a file."""
    return TABLES[name]() if columns is None else read_table(name, columns)


def search_all(tasks: Sequence[Task], workers: int, folder: Path | None) -> Iterator[Found]:
    """Do the searches that the folder does not hold yet, and yield all in order as they come."""
    if workers == 1:
        yield from (search_once(task, folder) for task in tasks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(search_once, tasks, [folder] * len(tasks))


def search_once(task: Task, folder: Path | None) -> Found:
    """Return what a search took, from the folder where it is there."""
    path = None if folder is None else folder / task.path
    kept = _kept(task, path) if path is not None and path.is_file() else None
    if kept is not None:
        return kept
    found = search(task)
    if path is not None:
        fields = {name: each for name, each in asdict(found).items() if name != "task"}
        write_whole(path, json.dumps({"asked": _asked(task)} | fields).encode())
    return found


def _kept(task: Task, path: Path) -> Found | None:
    """Return a kept result where the same was asked; a search that got there needs no more."""
    fields = json.loads(path.read_text())
    rows, volume, most, until = fields.pop("asked")
    lists = {name: tuple(each) for name, each in fields.items() if isinstance(each, list)}
    found = Found(task, **(fields | lists))
    count, cap = found.networks[-1], task.networks
    there = until is not None and np.isfinite(count) and count <= (cap or count)
    same = [rows, volume, cap if there else most, until] == _asked(task)
    return found if same else None


def _asked(task: Task) -> list[float | None]:
    """What a kept result must have been asked for: the same table, and the same end."""
    table = table_of(task)
    return [len(table), table.volume, task.networks, task.until]


def table_of(task: Task) -> Table:
    """Return the table of a task."""
    return load(task.table, task.columns)


def search(task: Task) -> Found:
    """Search a table once."""
    if task.algorithm == "gp":
        import torch  # noqa: PLC0415  it takes seconds to load, and only that one needs it

        torch.set_num_threads(1)
    table = load(task.table, task.columns)
    settings = SearchSettings.model_validate(
        {"algorithm": task.algorithm, "seed": task.seed, "stop": task.stop}
    )
    began = time.perf_counter()
    done = replay(table, settings, networks=task.networks, until=task.until)
    seconds = time.perf_counter() - began
    reached = done.reached(SHARES)
    rows = [one.network for one in done.ended]
    whole = volumes(table.accuracy[rows], table.size[rows], table.reference)[-1]
    stopped = sum(one.reason is not None for one in done.ended)
    return Found(
        task,
        tuple(np.inf if one.networks is None else one.networks for one in reached),
        tuple(np.inf if one.epochs is None else one.epochs for one in reached),
        float(done.volume[-1] / table.volume),
        (stopped, round(stopped * (done.wrongly_stopped or 0.0))),
        1000 * seconds / len(done.ended),
        done.ended[-1].spent,
        float(1 - done.volume[-1] / whole),
    )
