"""The answers to the test images, kept in one file: they are asked for once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..files import replaced

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from ..store import Store


class Answers(Protocol):
    """As `trainers.measurement.answer` gives them."""

    @property
    def classes(self) -> NDArray[np.int64]:
        """(N,) what each image was taken for."""

    @property
    def labels(self) -> NDArray[np.int64]:
        """(N,) what it is."""

    @property
    def loss(self) -> float:
        """Mean cross-entropy in nats."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Answers read back."""

    classes: NDArray[np.int64]
    labels: NDArray[np.int64]
    loss: float

    @property
    def accuracy(self) -> float:
        """Share of images that are told rightly, in [0, 1]."""
        return float(np.mean(self.classes == self.labels))


def answers_path(store: Store, study_name: str) -> Path:
    """Return where the answers of a study's finals lie, whether they are there or not."""
    return store.folder(study_name) / "finals" / "test.npz"


def write_answers(
    store: Store, study_name: str, answers: Mapping[tuple[int, int], Answers]
) -> None:
    """Keep the answers of each network by trial and seed, in one step."""
    path = answers_path(store, study_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    told = list(answers.values())
    with replaced(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            keys=np.array(list(answers), dtype=np.int64).reshape(-1, 2),
            labels=told[0].labels if told else np.zeros(0, np.int64),
            classes=np.array([each.classes for each in told], dtype=np.int32),
            losses=np.array([each.loss for each in told]),
        )


def read_answers(store: Store, study_name: str) -> dict[tuple[int, int], Kept]:
    """Return what `write_answers` kept, nothing where the test images are still sealed."""
    path = answers_path(store, study_name)
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as file:
        keys, labels = file["keys"], file["labels"]
        classes, losses = file["classes"].astype(np.int64), file["losses"]
    return {
        (int(number), int(seed)): Kept(classes[row], labels, float(losses[row]))
        for row, (number, seed) in enumerate(keys)
    }
