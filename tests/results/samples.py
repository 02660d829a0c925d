"""Studies, trials and epochs to fill a store with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from results import Study, StudyRecord, TrialStart
from space import Architecture, SearchSpace
from space.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU

if TYPE_CHECKING:
    from results import Store

SPACE = {
    "stages": [
        {"repeat": [1, 2], "op": ["conv"], "filters": [4, 8], "kernel": [1, 3], "pool": ["none"]}
    ],
    "head": {"pool": ["global_avg", "flatten"], "hidden": [[], [16]], "dropout": [0.0]},
}
STATES = ("finished", "finished", "stopped", "failed", "running", "finished")


def small_network(filters: int = 8) -> Architecture:
    layers = (Conv2d(filters, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(10))
    return Architecture((1, 8, 8), 10, layers)


def start(number: int, architecture: Architecture | None = None, **changes: Any) -> TrialStart:
    network = architecture or small_network()
    values: dict[str, Any] = {
        "number": number,
        "fingerprint": network.fingerprint,
        "point": [0, 2, 1],
        "architecture": network.to_dict(),
        "recipe": {"optimizer": "adam", "epochs": 3},
        "seed": 7,
        "params": network.params,
        "macs": network.macs,
        "activation_bytes": network.activation_bytes,
        "weight_bytes": network.weight_bytes,
        "depth": network.depth,
    }
    return TrialStart(**values | changes)


def report(epoch: int, accuracy: float = 0.5, **changes: Any) -> dict[str, Any]:
    values = {
        "epoch": epoch,
        "train_loss": 1.0 / epoch,
        "loss": 2.0 / epoch,
        "accuracy": accuracy,
        "learning_rate": 0.01,
        "seconds": 0.25,
        "images_per_second": 4000.0,
    }
    return values | changes


def new_study(store: Store, name: str = "digits", **changes: Any) -> StudyRecord:
    values: dict[str, Any] = {
        "data": {"name": "digits"},
        "space": {"stages": []},
        "seed": 3,
        "size": "params",
    }
    return store.create_study(name, {"trials": 10}, **values | changes)


def mixed_study(store: Store) -> Study:
    """A study with a trial of two epochs in each of `STATES`."""
    record = new_study(store, space=SPACE)
    space = SearchSpace.from_dict(SPACE, input_shape=(1, 8, 8), classes=10)
    rng = np.random.default_rng(0)
    for number, state in enumerate(STATES):
        point = space.sample(rng)
        trial_id = store.start_trial(
            record.id, start(number, space.build_freely(point), point=point)
        )
        store.record_epoch(trial_id, report(1, number / 10 + 1 / 100))
        store.record_epoch(
            trial_id,
            report(2, number / 10 + 2 / 100),
            end=None if state == "running" else (state, f"it was {state}"),
            expected=(0.75, 0.125) if state == "stopped" else None,
        )
    return Study(store, "digits")
