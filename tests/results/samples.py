"""Studies, trials and epochs to fill a store with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from results import StudyRecord, TrialStart
from space import Architecture
from space.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU

if TYPE_CHECKING:
    from results import Store


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
