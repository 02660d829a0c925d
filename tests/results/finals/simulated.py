"""Studies whose true accuracies are known, and finals that are held on them without training."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from results import is_front
from results.finals import Rules, entrants_of, judge, newcomers, wanted, wanted_for_test

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from results.finals import Verdict

TABLE = Path(__file__).parents[3] / "benchmarks/tables/nas_bench_macro_cifar10.parquet"
TRIALS = 100
STEP = 1 / 5_000


@cache
def networks() -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Size and mean accuracy of the networks of NAS-Bench-Macro, and the spread of a training."""
    table = pd.read_parquet(TABLE).drop_duplicates("unique_id")
    runs = table[["test_acc_1", "test_acc_2", "test_acc_3"]].to_numpy() / 100
    noise = float(np.sqrt(np.var(runs, axis=1, ddof=1).mean()))
    return table["params"].to_numpy(np.float64), runs.mean(axis=1), noise


@dataclass(frozen=True, slots=True)
class Simulated:
    """A study: sizes, true accuracies, and what one training of each came to in the search."""

    size: NDArray[np.float64]
    truth: NDArray[np.float64]
    search: NDArray[np.float64]

    @property
    def frame(self) -> pd.DataFrame:
        columns = {"number": np.arange(len(self.size)), "state": "finished"}
        return pd.DataFrame(columns | {"accuracy": self.search, "params": self.size})

    @property
    def best(self) -> int:
        return int(self.search.argmax())


def natural(rng: np.random.Generator) -> Simulated:
    """A hundred networks, each trained once."""
    sizes, truths, noise = networks()
    drawn = rng.choice(len(sizes), TRIALS, replace=False)
    truth = truths[drawn]
    return Simulated(sizes[drawn], truth, truth + rng.normal(0, noise, TRIALS))


def lucky(rng: np.random.Generator, *, below: float) -> Simulated:
    """The best point is luck: its truth lies so many times the noise below a smaller network's."""
    study, noise = natural(rng), networks()[2]
    chosen = int(rng.choice(np.flatnonzero(study.size > np.median(study.size))))
    smaller = (study.size <= study.size[chosen]) & (np.arange(TRIALS) != chosen)
    study.truth[chosen] = study.truth[smaller].max() - below * noise
    study.search[chosen] = study.search.max() + noise / 2
    return study


@dataclass(frozen=True, slots=True)
class Held:
    """How simulated finals ended: the verdicts, and how many trainings they took in all."""

    verdicts: dict[int, Verdict]
    trainings: int
    joined: int


def hold(study: Simulated, rng: np.random.Generator, rules: Rules) -> Held:
    frame, done = study.frame, dict[int, dict[int, float]]()
    while True:
        results = {number: list(runs.values()) for number, runs in done.items()}
        entrants = entrants_of(frame, "params", results)
        verdicts = judge(entrants, rules)
        chosen = wanted(entrants, verdicts, done, rules, 0)
        if not chosen:
            entrants += newcomers(frame, "params", entrants, verdicts)
            chosen = wanted(entrants, judge(entrants, rules), done, rules, 0)
        if not chosen:
            break
        for repetition in chosen:
            reached = study.truth[repetition.number] + rng.normal(0, networks()[2])
            done.setdefault(repetition.number, {})[repetition.seed] = float(reached)
    trainings = sum(map(len, done.values())) + len(wanted_for_test(verdicts, {}, rules, 0))
    front = is_front(study.search, study.size)
    return Held(verdicts, trainings, sum(not front[number] for number in verdicts))
