"""Milliseconds that a trial costs beyond its training: sizewise, Ray Tune by hand, and a bare loop.

Each set-up trains the same tiny networks on digits for one epoch, two at a time, in turn in one
run. A trial's overhead is its share of the workers' time that was not training:
(time between the first ends and the last end × workers - seconds of training) / trials. Starting
Ray and the workers is left out by counting from the end of the first few trials.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from results import Study, open_store
from search.job import Job
from search.plan import prepare
from search.session import run

from ._tune_by_hand import grid, payload

if TYPE_CHECKING:
    from search.plan import Plan

WORKERS = 2
# Trials whose end is waited for before counting begins: by then every worker is warm.
WARM = WORKERS
SPACE = {
    "stages": [
        {"repeat": [1, 2], "filters": list(range(1, 33)), "kernel": [1, 3], "pool": ["max"]},
        {"repeat": [0, 1], "filters": list(range(1, 33)), "kernel": [1, 3]},
    ],
    "head": {"pool": ["global_avg", "flatten"]},
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a set-up took: trials counted, ms each beyond training, share of time in training."""

    name: str
    trials: int
    milliseconds: float
    busy: float


def job(trials: int, epochs: int = 1) -> Job:
    """Return a job of small networks that train in some 30 ms an epoch."""
    return Job.model_validate(
        {
            "space": SPACE,
            "limits": {"params": [100, 3_000]},
            "recipe": {"epochs": epochs, "batch_size": 256},
            "search": {"algorithm": "random"},
            "budget": {"trials": trials},
            "run": {"workers": WORKERS},
        }
    )


def account(name: str, ends: list[tuple[float, float]], workers: int) -> Result:
    """Return the overhead of trials given as (time of the end, seconds of training)."""
    ends = sorted(ends)
    counted = ends[WARM:]
    spent = (ends[-1][0] - ends[WARM - 1][0]) * workers
    training = sum(seconds for _, seconds in counted)
    return Result(
        name, len(counted), 1000 * (spent - training) / len(counted), min(training / spent, 1.0)
    )


def sizewise(trials: int, epochs: int = 1) -> tuple[Result, float]:
    """Search by sizewise; also return how many kB the driver's memory grew a trial."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/sizewise.db")
        before = memory_kb()
        run(job(trials, epochs), store, name="overhead")
        growth = (memory_kb() - before) / trials
        study = Study(store, "overhead")
        training = study.epochs().groupby("number")["seconds"].sum()
        ended = study.trials().set_index("number")["ended"].map(pd.Timestamp.timestamp)
        ends = [(ended[number], float(training[number])) for number in ended.index]
        store.close()
    return account("sizewise", ends, WORKERS), growth


def bare(plan: Plan, trials: int) -> Result:
    """Train one network after another in a plain Python loop."""
    ends = []
    for number in range(trials):
        seconds = payload(plan, number)
        ends.append((time.time(), seconds))
    return account("bare loop", ends, 1)


def tune_by_hand(plan: Plan, trials: int, *, warm: bool) -> Result:
    """Search by Ray Tune's grid, with its defaults, or with workers that are used again."""
    # A process of its own, in which nothing of ours has changed Ray's settings.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own:
        ends = own.submit(grid, plan, trials, WORKERS, warm=warm).result()
    return account("Tune, reused workers" if warm else "Tune by default", ends, WORKERS)


def memory_kb() -> float:
    """Return the memory that this process holds now, in kB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024


def main() -> None:
    """Measure each set-up once, print a table, and as the last line the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds")
    parser.add_argument("--trials", type=int, default=500, help="trials of sizewise")
    parser.add_argument("--many", type=int, default=5_000, help="trials for growth")
    options = parser.parse_args()
    trials, by_hand = (60, 4) if options.quick else (options.trials, 40)

    plan = prepare(job(trials))
    ours, _ = sizewise(trials)
    results = [ours, tune_by_hand(plan, by_hand, warm=False), bare(plan, 60)]
    if not options.quick:
        results.insert(2, tune_by_hand(plan, trials, warm=True))
    figures: dict[str, float | None] = {
        "ms_per_trial": ours.milliseconds,
        "tune_default_ms": results[1].milliseconds,
        "tune_warm_ms": None if options.quick else results[2].milliseconds,
        "bare_ms": results[-1].milliseconds,
    }
    if not options.quick:
        many, figures["kb_per_trial"] = sizewise(options.many)
        long, _ = sizewise(30, epochs=60)
        results += [many, long]
        figures["growth_5000_vs_500"] = many.milliseconds / ours.milliseconds
        figures["busy_share"] = long.busy
    print(f"{'set-up':<22} {'trials':>7} {'ms a trial':>11} {'in training':>12}")
    for one in results:
        print(f"{one.name:<22} {one.trials:>7} {one.milliseconds:>11.1f} {one.busy:>12.1%}")
    rounded = {name: value and round(value, 3) for name, value in figures.items()}
    print(json.dumps(rounded))


if __name__ == "__main__":
    main()
