"""Which trial an export takes: the rule of each way, against every trial looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from results import Store, StudyRecord, open_store
from results.errors import ExportError, NoTrialError
from results.export import choose_trial
from space.errors import InputError

from .samples import new_study, report, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCURACIES = (0.5, 0.7, 0.7, 0.9, 0.95)
SIZES = (100, 200, 200, 300, 450)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    yield opened
    opened.close()


def add(store: Store, study: StudyRecord, number: int, accuracy: float, size: int) -> None:
    trial = store.start_trial(study.id, start(number, params=size, macs=1000 - size))
    store.record_epoch(trial, report(1, accuracy))
    store.end_trial(trial, "finished", "trained")


@pytest.mark.parametrize("size", ["params", "macs"])
def test_the_chosen_trial_is_the_best_of_all_that_fit(store: Store, size: str) -> None:
    study = new_study(store, size=size)
    random = np.random.default_rng(1)
    points = [(float(random.choice(ACCURACIES)), int(random.choice(SIZES))) for _ in range(30)]
    for number, (accuracy, params) in enumerate(points):
        add(store, study, number, accuracy, params)
    running = store.start_trial(study.id, start(99, params=1, macs=1))
    store.record_epoch(running, report(1, 1.0))

    def cost(number: int) -> int:
        return points[number][1] if size == "params" else 1000 - points[number][1]

    everything = range(len(points))
    for most in (100, 250, 300, 10_000):
        fit = [number for number in everything if points[number][1] <= most]
        wanted = min(fit, key=lambda each: (-points[each][0], points[each][1], each))
        assert choose_trial(store, study, max_params=most).number == wanted
    for least in (0.1, 0.7, 0.71, 0.95):
        fit = [number for number in everything if points[number][0] >= least]
        wanted = min(fit, key=lambda each: (cost(each), -points[each][0], each))
        assert choose_trial(store, study, min_accuracy=least).number == wanted
    wanted = min(everything, key=lambda each: (-points[each][0], points[each][1], each))
    assert choose_trial(store, study).number == wanted
    assert choose_trial(store, study, 99).number == 99


def test_what_no_trial_meets_is_told_with_the_nearest(store: Store) -> None:
    study = new_study(store)
    with pytest.raises(NoTrialError, match="No trial has finished"):
        choose_trial(store, study, max_params=100)
    with pytest.raises(NoTrialError, match="No trial has finished"):
        choose_trial(store, study, min_accuracy=0.5)
    add(store, study, 0, 0.8, 300)
    add(store, study, 1, 0.9, 2500)
    with pytest.raises(NoTrialError, match=r"max_params 299.*The smallest have params 300"):
        choose_trial(store, study, max_params=299)
    with pytest.raises(NoTrialError, match=r"min_accuracy.*The best reached 0\.9000"):
        choose_trial(store, study, min_accuracy=0.91)
    with pytest.raises(InputError, match=r"fraction.*Write 0\.995"):
        choose_trial(store, study, min_accuracy=99.5)
    with pytest.raises(ExportError, match=r"one of TRIAL.*TRIAL 1, --max-params 300"):
        choose_trial(store, study, 1, max_params=300)
    with pytest.raises(ExportError, match=r"--max-params 300, --min-accuracy 0\.5"):
        choose_trial(store, study, max_params=300, min_accuracy=0.5)
