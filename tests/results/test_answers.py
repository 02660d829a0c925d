"""Which trial to take, and what bought accuracy and size."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from results import Store, Study, columns, open_store
from results.errors import NoTrialError
from space import SearchSpace
from space.errors import InputError

from .samples import new_study, report, small_network, start
from .test_frames import add

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARAMS = {filters: small_network(filters).params for filters in (4, 8, 16, 32)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    new_study(opened)
    yield opened
    opened.close()


@pytest.fixture
def study(store: Store) -> Study:
    study = Study(store, "digits")
    add(study, 0, 8, "finished", 0.8)
    add(study, 1, 4, "finished", 0.5)
    add(study, 2, 16, "finished", 0.9)
    add(study, 3, 32, "finished", 0.92)
    add(study, 4, 4, "stopped", 0.99)
    add(study, 5, 16, "finished", 0.9)
    add(study, 6, 8, "finished", math.nan)
    return study


def test_the_best_under_a_limit(study: Study) -> None:
    assert study.best().number == 3
    assert study.best(max_params=PARAMS[16]).number == 2
    assert study.best(max_params=PARAMS[16], max_macs=small_network(8).macs).number == 0
    with pytest.raises(NoTrialError, match=f"The smallest have params {PARAMS[4]}"):
        study.best(max_params=1)
    with pytest.raises(InputError, match="Did you mean 'max_params'"):
        study.best(max_param=1)
    with pytest.raises(InputError, match="above 0"):
        study.best(max_params=-1)
    with pytest.raises(NoTrialError, match="that small"):
        study.best(max_latency_ms=5.0)


def test_the_smallest_that_is_accurate_enough(study: Study) -> None:
    assert study.smallest(min_accuracy=0.8).number == 0
    assert study.smallest(min_accuracy=0.81).number == 2
    assert study.smallest(min_accuracy=0.0, size="macs").number == 1
    with pytest.raises(NoTrialError, match=r"best reached 0\.92"):
        study.smallest(min_accuracy=0.95)
    with pytest.raises(InputError, match="Did you mean 'params'"):
        study.smallest(min_accuracy=0.9, size="param")


def test_how_sure_is_asked_of_the_finals(study: Study) -> None:
    with pytest.raises(NoTrialError, match="sizewise finals"):
        study.smallest(min_accuracy=0.5, confidence=0.95)
    told = {0: (0.79, 0.81), 2: (0.80, 0.95), 3: (0.90, 0.91, 0.92), 1: (0.9,)}
    for number, accuracies in told.items():
        finals(study, number, "validation", *accuracies)
    assert study.smallest(min_accuracy=0.7, confidence=0.95).number == 0
    # The bound of trial 0: 0.8 less t(0.95, 1) of 6.31 times a standard error of 0.01.
    bound = 0.8 - stats.t.ppf(0.95, 1) * 0.01
    assert study.smallest(min_accuracy=bound - 1e-9, confidence=0.95).number == 0
    assert study.smallest(min_accuracy=bound + 1e-9, confidence=0.95).number == 3
    assert study.smallest(min_accuracy=0.8, confidence=0.5).number == 0
    with pytest.raises(NoTrialError, match="surest reaches"):
        study.smallest(min_accuracy=0.92, confidence=0.95)
    # Once the test images are open, they count alone.
    finals(study, 3, "test", 0.6, 0.61)
    with pytest.raises(NoTrialError, match=r"surest reaches 0\.5"):
        study.smallest(min_accuracy=0.7, confidence=0.95)
    with pytest.raises(InputError, match="below, 1"):
        study.smallest(min_accuracy=0.7, confidence=95)


def finals(study: Study, number: int, stage: str, *accuracies: float) -> None:
    for seed, accuracy in enumerate(accuracies):
        final = study.store.start_final(study.trial(number).id, stage, seed)
        study.store.end_final(final, "finished", "trained", accuracy=accuracy)


def test_the_knee_is_the_farthest_above_the_line_between_the_ends(store: Store) -> None:
    study = Study(store, "digits")
    with pytest.raises(NoTrialError, match="No trial has finished"):
        study.knee()
    add(study, 0, 4, "finished", 0.5)
    assert study.knee().number == 0
    add(study, 1, 32, "finished", 0.92)
    assert study.knee().number == 0
    add(study, 2, 16, "finished", 0.9)
    add(study, 3, 8, "finished", 0.8)
    ends = math.log(PARAMS[4]), math.log(PARAMS[32])
    above = {
        number: (accuracy - 0.5) / 0.42
        - (math.log(PARAMS[filters]) - ends[0]) / (ends[1] - ends[0])
        for number, filters, accuracy in ((2, 16, 0.9), (3, 8, 0.8))
    }
    assert study.knee().number == max(above, key=lambda number: above[number])


def test_what_matters_is_what_the_numbers_were_made_of(store: Store) -> None:
    """Accuracies made of one choice alone; size is what the networks say."""
    document = {
        "stages": [
            {"repeat": [1], "op": ["conv"], "filters": [4, 16], "kernel": [1, 3], "pool": ["max"]}
        ],
        "head": {"pool": ["global_avg", "flatten"], "hidden": [[], [32]], "dropout": [0.0, 0.2]},
    }
    space = SearchSpace.from_dict(document, input_shape=(1, 8, 8), classes=10)
    record = new_study(store, "made", space=document)
    study, rng = Study(store, "made"), np.random.default_rng(0)
    with pytest.raises(NoTrialError, match="20 trials"):
        study.importance()
    for number in range(60):
        point = tuple(int(rng.integers(len(each.choices))) for each in space.dimensions)
        network = space.build_freely(point)
        trial_id = store.start_trial(record.id, start(number, network, point=point))
        accuracy = 0.9 if space.labels(point)["stages[0].kernel"] == 3 else 0.6
        store.record_epoch(trial_id, report(1, accuracy), end=("finished", "trained"))
    frame = study.importance()
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == columns.IMPORTANCE
    assert frame["choice"].iloc[0] == "stages[0].kernel"
    assert frame["accuracy_importance"].iloc[0] > 0.5
    assert frame["accuracy_importance"].iloc[1:].abs().max() < 0.05
    by_size = frame.set_index("choice")["size_importance"]
    assert by_size["head.dropout"] == pytest.approx(0, abs=0.02)
    assert by_size.idxmax() in {"head.hidden", "head.pool", "stages[0].filters"}
    assert (frame["accuracy_known"] > 0.9).all()
    assert (frame["size_known"] > 0.5).all()


def test_what_size_bought_finds_the_slopes_that_were_put_in(store: Store) -> None:
    document = {
        "stages": [
            {"repeat": [1], "op": ["conv"], "filters": [4], "kernel": [3], "pool": ["max"]},
            {"repeat": [1], "op": ["conv"], "filters": [4, 8, 16], "kernel": [1, 3]},
        ],
        "head": {"pool": ["global_avg"], "hidden": [[], [8], [32]], "dropout": [0.0]},
    }
    space = SearchSpace.from_dict(document, input_shape=(1, 8, 8), classes=10)
    record = new_study(store, "made", space=document)
    points = list(product(*(range(len(each.choices)) for each in space.dimensions))) * 2
    parts = {where: costs[:, 0] for where, costs in space.cost_parts(points).items()}
    for number, point in enumerate(points):
        network = space.build_freely(point)
        assert sum(params[number] for params in parts.values()) == network.params
        trial_id = store.start_trial(record.id, start(number, network, point=point))
        logs = [math.log2(1 + parts[where][number]) for where in ("stages[1]", "head")]
        accuracy = 0.1 + 0.05 * logs[0] - 0.01 * logs[1]
        store.record_epoch(trial_id, report(1, accuracy), end=("finished", "trained"))
    frame = Study(store, "made").what_size_bought().set_index("part")
    assert frame["share"].sum() == pytest.approx(1)
    assert math.isnan(frame.loc["stages[0]", "per_doubling"])
    for where, slope in (("stages[1]", 0.05), ("head", -0.01)):
        assert frame.loc[where, "per_doubling"] == pytest.approx(slope)
        assert frame.loc[where, "per_doubling_error"] == pytest.approx(0, abs=1e-9)
        marginal = 1000 * slope / ((1 + np.median(parts[where])) * math.log(2))
        assert frame.loc[where, "per_thousand"] == pytest.approx(marginal)
