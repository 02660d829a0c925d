"""How quickly a large store is read, and what an epoch costs to write, beside Optuna's storage.

Studies are generated: networks drawn from the space of the job digits, curves that saturate. Both
stores are SQLite files on the same disk, read by fresh connections. Optuna's holds as many trials
with the same parameters and two objectives, but no curves. A few are added by its own call, which
takes tens of milliseconds a trial; the others are copies of their rows.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import optuna
from sqlalchemy import MetaData, insert, select

from results import Store, Study, TrialStart, open_store
from results.bridges.optuna_storage import frozen_trials
from results.overview import studies_frame
from results.rows import of_start
from results.schema import EPOCHS, FINISHED, TRIALS
from search.job_file import read_job
from space import SearchSpace
from space.language import COSTS
from trainers import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EPOCHS_EACH = 20
_NETWORKS = 400
_CHUNK = 2_000


def main() -> None:
    """Generate a store, time what people ask of it, and print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--optuna-trials", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true", help="Within 50 seconds, on fewer trials.")
    told = parser.parse_args()
    trials, beside = (20_000, 300) if told.quick else (told.trials, told.optuna_trials)
    with tempfile.TemporaryDirectory() as folder:
        print(f"{trials:,} trials of {EPOCHS_EACH} epochs; beside Optuna {beside:,}")
        found = {"trials": trials, **measure(Path(folder), trials)}
        found |= {"optuna_trials": beside, **compare(Path(folder), beside)}
    for name, value in found.items():
        print(f"{name:<20}{value:12,.3f}")
    print(json.dumps({name: round(value, 6) for name, value in found.items()}))


def measure(folder: Path, trials: int) -> dict[str, float]:
    """Return seconds for each question to one large study, and ms for writing an epoch there."""
    url = f"sqlite:///{folder}/large.db"
    seconds = timed(lambda: generate(url, trials))[0]
    size = (folder / "large.db").stat().st_size
    print(f"generated in {seconds:.0f} s: {size / 1e6:,.0f} MB\n")
    limit = 20_000.0
    questions: dict[str, Callable[[Study], Any]] = {
        "front": Study.front,
        "best": lambda study: study.best(max_params=limit),
        "smallest": lambda study: study.smallest(min_accuracy=0.9),
        "list": lambda study: studies_frame(study.store),
        "frame": Study.trials,
    }
    found = {}
    for name, ask in questions.items():
        found[f"{name}_s"], found[f"{name}_cpu_s"] = median(url, ask)
    return found | {"write_ms_per_epoch": 1e3 * write(url)}


def compare(folder: Path, trials: int) -> dict[str, float]:
    """Return seconds to read the same trials into a frame, and their front, here and by Optuna."""
    ours, theirs = (f"sqlite:///{folder}/{name}.db" for name in ("small", "optuna"))
    generate(ours, trials)
    store = open_store(ours)
    fill_optuna(theirs, Study(store, "large"), trials)
    store.close()

    def read(study: Study) -> None:
        study.trials()
        study.front()

    def read_optuna() -> None:
        storage = optuna.storages.RDBStorage(theirs)
        study = optuna.load_study(study_name="large", storage=storage)
        study.trials_dataframe()
        _ = study.best_trials
        storage.engine.dispose()

    ours_s = median(ours, read)[0]
    optuna_s = statistics.median(timed(read_optuna)[0] for _ in range(3))
    return {"ours_read_s_10k": ours_s, "optuna_read_s_10k": optuna_s}


def fill_optuna(url: str, study: Study, trials: int, added: int = 20) -> None:
    """Make a study in an Optuna storage of the first trials of ours, and copies of those."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = optuna.storages.RDBStorage(url)
    theirs = optuna.create_study(
        storage=storage, study_name="large", directions=["maximize", "minimize"]
    )
    for trial in islice(frozen_trials(study), added):
        trial.user_attrs, trial.intermediate_values = {}, {}
        theirs.add_trial(trial)
    tables = MetaData()
    tables.reflect(storage.engine)
    with storage.engine.begin() as connection:
        for table in tables.sorted_tables:
            if "trial_id" not in table.c:
                continue
            (key,) = table.primary_key.columns.keys()
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            for copy in range(1, trials // added if rows else 0):
                shift = {"trial_id": copy * added, "number": copy * added, key: copy * len(rows)}
                connection.execute(
                    insert(table),
                    [
                        row | {name: row[name] + by for name, by in shift.items() if name in row}
                        for row in rows
                    ],
                )
    storage.engine.dispose()


def median(url: str, ask: Callable[[Study], Any], times: int = 3) -> tuple[float, float]:
    """Return the median seconds of a question, and those of the processor, each from a new store.

    On a busy machine only the latter tell what a question costs.
    """
    seconds = []
    for _ in range(times):
        store = Store(url)
        study = Study(store, "large")
        seconds.append(timed(lambda study=study: ask(study)))
        store.close()
    walls, cpus = zip(*seconds, strict=True)
    return statistics.median(walls), statistics.median(cpus)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Return how long a call takes, and how long the processor works for it."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def write(url: str, epochs: int = 300) -> float:
    """Return the mean seconds that an epoch takes to commit in a store that is large already."""
    store = Store(url)
    study = store.study("large")
    trial_id = store.start_trial(study.id, TrialStart(number=10**6, **next(networks())))
    seconds = timed(
        lambda: [store.record_epoch(trial_id, report(epoch, 0.5)) for epoch in range(1, epochs + 1)]
    )[0]
    store.end_trial(trial_id, "finished", "written one by one")
    store.close()
    return seconds / epochs


def generate(url: str, trials: int) -> None:
    """Fill a new store with one study of finished trials, some thousands at once."""
    store = open_store(url)
    job = read_job("digits")[1].model_dump(mode="json")
    documents = {"data": {"name": "generated"}, "space": job["space"], "seed": 0, "size": "params"}
    study = store.create_study("large", job, **documents)
    known = [of_start(TrialStart(number=0, **network)) for network in islice(networks(), _NETWORKS)]
    rng = np.random.default_rng(0)
    for first in range(0, trials, _CHUNK):
        numbers = range(first, min(first + _CHUNK, trials))
        rows = [ended(known[number % _NETWORKS], study.id, number, rng) for number in numbers]
        curves = [
            report(epoch, row["accuracy"]) | {"trial_id": number + 1}
            for number, row in zip(numbers, rows, strict=True)
            for epoch in range(1, EPOCHS_EACH + 1)
        ]
        with store.write() as connection:
            connection.execute(insert(TRIALS), rows)
            connection.execute(insert(EPOCHS), curves)
    store.set_study_state(study.id, "finished", "all trials are there")
    store.close()


def networks() -> Iterator[dict[str, Any]]:
    """Yield what is known before training of networks of the job digits, drawn at random."""
    job = read_job("digits")[1]
    space = SearchSpace.from_dict(job.space, input_shape=(1, 8, 8), classes=10, limits=job.limits)
    recipe, rng = Recipe.from_dict(job.recipe).to_dict(), np.random.default_rng(1)
    while True:
        point = space.sample(rng, spread="log_params")
        network = space.build(point)
        yield {
            "fingerprint": network.fingerprint,
            "point": point,
            "architecture": network.to_dict(),
            "recipe": recipe,
            "seed": 0,
            **{cost: getattr(network, cost) for cost in COSTS},
        }


def ended(
    known: dict[str, Any], study_id: int, number: int, rng: np.random.Generator
) -> dict[str, Any]:
    """Return the row of a finished trial; accuracy grows with size, give or take chance."""
    accuracy = 0.99 - 2.0 / np.sqrt(known["params"]) - abs(rng.normal(0, 0.05))
    params = known["params"] + int(rng.integers(200))
    reached = {"accuracy": max(float(accuracy), 0.1), "loss": 0.5, "epochs": EPOCHS_EACH}
    told = {"state": FINISHED, "reason": f"trained all {EPOCHS_EACH} epochs"}
    times = {"started_at": 1.7e9 + number, "ended_at": 1.7e9 + number + 30}
    mine = {"study_id": study_id, "number": number, "seed": number, "params": params}
    return known | mine | reached | told | times


def report(epoch: int, accuracy: float) -> dict[str, Any]:
    """Return an epoch of a curve that ends at an accuracy."""
    return {
        "epoch": epoch,
        "train_loss": 1 / epoch,
        "loss": 0.5 * EPOCHS_EACH / epoch,
        "accuracy": accuracy * (1 - 0.5**epoch + 0.5**EPOCHS_EACH),
        "learning_rate": 0.01,
        "seconds": 1.5,
        "images_per_second": 1000.0,
    }


if __name__ == "__main__":
    main()
