"""The test images opened once, for all networks that the finals left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from results.finals import Repetition
from results.finals.answered import answers_path, read_answers, write_answers
from results.schema import RUNNING, TEST
from space import Architecture
from space.errors import InputError
from trainers import build_network, load_weights
from trainers.measurement import answer

from .desk import finals_weights

if TYPE_CHECKING:
    from pathlib import Path

    from results import Store, StudyRecord
    from results.records import FinalRecord
    from trainers import Split


def waiting(store: Store, study: StudyRecord) -> list[tuple[FinalRecord, Path]]:
    """Return the repetitions that are trained and wait for the test images, with their weights."""
    found = []
    for record in store.finals(study.id):
        if record.stage == TEST and record.state == RUNNING:
            repetition = Repetition(record.number, TEST, record.seed)
            path = finals_weights(store, study.name, repetition)
            if path.is_file():
                found.append((record, path))
    return found


def opened(store: Store, study: StudyRecord) -> bool:
    """Return whether the test images were opened: their answers are kept."""
    known = any(one.stage == TEST and one.accuracy is not None for one in store.finals(study.id))
    return known or answers_path(store, study.name).is_file()


def open_test(store: Store, study: StudyRecord, split: Split, *, device: str, threads: int) -> None:
    """Judge all waiting networks by the test images, keep their answers, then commit them.

    Raises:
        InputError: They were opened before.
    """
    if opened(store, study):
        rule = "the test images must be opened once, since whoever has seen them chooses by them"
        raise InputError("study", rule, study.name, f"See `sizewise finals {study.name}`.")
    torch.set_num_threads(threads)
    part = split.test.open(reason=f"finals of the study {study.name}")
    answers = {}
    for record, path in waiting(store, study):
        trial = store.trial(study.id, record.number)
        network = build_network(Architecture.from_dict(trial.architecture), seed=0)
        load_weights(network, path)
        answers[record.number, record.seed] = answer(network, part, split, device=device)
    # Whole or not at all: before it nobody has seen a number, behind it the images are spent.
    write_answers(store, study.name, answers)
    commit_answers(store, study)


def commit_answers(store: Store, study: StudyRecord) -> None:
    """Commit the answers that are kept, so far as an interruption left some out."""
    told = read_answers(store, study.name)
    for record, _ in waiting(store, study):
        found = told[record.number, record.seed]
        epochs = int(store.trial(study.id, record.number).recipe["epochs"])
        store.end_final(
            record.id,
            "finished",
            f"judged by {len(found.labels)} test images",
            epochs=epochs,
            accuracy=found.accuracy,
            loss=found.loss,
        )
