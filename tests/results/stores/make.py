"""Makes the file of this version: `python -m tests.results.stores.make`, before its release."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from results import open_store
from results.leases import hold
from results.schema import VERSION
from tests.results.samples import new_study, report, small_network, start

if TYPE_CHECKING:
    from results import Store

HERE = Path(__file__).parent
TIMES = ("created", "changed", "started", "ended", "recorded", "seen")


def fill(store: Store, version: int = VERSION) -> None:
    """Add a study with a finished trial and one that failed and runs again, and an empty study.

    And what stores know from each version on, up to ``version``.
    """
    study = new_study(store, data={"name": "digits", "hash": "ab"}, size="macs")
    store.record_environment(study.id, {"torch": "2.13.0", "gpus": []})
    hold(store, study.id, "somewhere process 7", seconds=60)
    ids = [
        store.start_trial(study.id, start(number, small_network(4 + number))) for number in (0, 1)
    ]
    for epoch in (1, 2):
        store.record_epoch(ids[0], report(epoch, epoch / 4))
    store.record_epoch(ids[1], report(1, loss=math.nan))
    store.end_trial(ids[0], "finished", "trained all 2 epochs")
    store.end_trial(ids[1], "failed", "the loss of epoch 1 is not a number: ä")
    store.restart_trial(ids[1])
    store.record_epoch(ids[1], report(1, 0.5))
    new_study(store, "empty")
    store.set_study_state(study.id, "interrupted")
    if version >= 2:
        _fill_2(store, study.id, ids[0])


def _fill_2(store: Store, study_id: int, trial_id: int) -> None:
    """Add latency, a trial that was stopped, and finals."""
    store.record_latency(trial_id, 0.75)
    stopped = store.start_trial(study_id, start(2, small_network(6), latency_ms=0.5))
    end = ("stopped", "needs more")
    store.record_epoch(stopped, report(1, 0.25), end=end, expected=(0.5, 0.125))
    numbers = {"epochs": 2, "accuracy": 0.625, "loss": 0.5, "seconds": 1.5}
    store.end_final(store.start_final(trial_id, "validation", 11), "finished", "trained", **numbers)
    store.start_final(trial_id, "test", 12)


def told(store: Store) -> list[dict[str, Any]]:
    """Return all that the store tells, but for times."""
    records: list[Any] = []
    for study in store.studies():
        records += [study, *store.environments(study.id), *store.finals(study.id)]
        for trial in store.trials(study.id):
            records += [trial, *store.epochs(trial.id)]
    return [
        {name: value for name, value in asdict(record).items() if name not in TIMES}
        for record in records
    ]


def main() -> None:
    path = HERE / f"version-{VERSION}.db"
    path.unlink(missing_ok=True)
    with closing(open_store(f"sqlite:///{path}")) as store:
        fill(store)
    # All in one file, without the log of the last writes beside it.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")


if __name__ == "__main__":
    main()
