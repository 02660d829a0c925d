from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from results import Store, open_store
from results.dashboard.snapshots import HELD, Snapshots
from results.dashboard.table import chosen, filters
from results.dashboard.thinning import CELLS, View, drawn
from results.figures import front_figure
from results.frames import front_mask, trials_frame
from space.errors import InputError

from ..samples import new_study, report, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STATES = ("finished", "stopped", "failed", "running")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/s.db")
    yield opened
    opened.close()


def many(count: int, seed: int, *, tied: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    accuracy = rng.integers(0, 5, count) / 5 if tied else rng.random(count)
    state = rng.choice(STATES, count, p=[0.7, 0.2, 0.08, 0.02])
    accuracy[(state == "failed") & (rng.random(count) < 0.5)] = np.nan
    frame = pd.DataFrame({name: rng.integers(1, 10_000, count) for name in HELD})
    frame["accuracy"], frame["state"] = accuracy, state
    return frame.assign(number=np.arange(count), latency_ms=rng.random(count))


def test_a_snapshot_follows_every_change(store: Store) -> None:
    study = new_study(store)
    snapshots, rng = Snapshots(store), np.random.default_rng(3)
    running: list[int] = []
    seen = [snapshots.of(study).revision]
    for step in range(60):
        act = rng.integers(4)
        if act == 0 or not running:
            running.append(store.start_trial(study.id, start(len(seen) * 100 + step)))
        elif act == 1:
            store.record_epoch(running[0], report(1 + step, float(rng.random())))
        elif act == 2:
            store.record_epoch(running[-1], report(1 + step, float(rng.random())))
            store.end_trial(running.pop(), "finished", "trained all")
        else:
            store.record_latency(running[0], float(rng.random()))
        now = snapshots.of(study)
        fresh = trials_frame(store, study.id)
        assert now.frame["accuracy"].equals(fresh["accuracy"])
        told = [name for name in HELD if name not in {"accuracy", "seconds"}]
        pd.testing.assert_frame_equal(now.frame[told], fresh[told])
        assert now.revision == seen[-1] + 1
        assert snapshots.of(study).revision == now.revision
        seen.append(now.revision)


def test_few_studies_are_held(store: Store) -> None:
    snapshots = Snapshots(store, most=2)
    studies = [store.study(new_study(store, name=f"s{number}").name) for number in range(3)]
    for study in (*studies, *studies):
        store.start_trial(
            study.id, start(store.trials(study.id)[-1].number + 1 if store.trials(study.id) else 0)
        )
        assert len(snapshots.of(study).frame) == len(store.trials(study.id))
    assert len(snapshots._held) == 2


@given(st.integers(0, 400), st.integers(0, 2**32 - 1), st.booleans())
def test_all_that_matters_is_drawn(count: int, seed: int, tied: bool) -> None:
    frame = many(count, seed, tied=tied)
    marks = drawn(frame, "params")
    assert marks[(frame["state"] == "running").to_numpy()].all()
    shown = sum(len(trace.x) for trace in front_figure(frame, drawn=marks).data if trace.name)
    on_front = front_mask(frame, "params")
    known = frame["accuracy"].notna() | (frame["state"] == "failed")
    assert shown == (known & (marks | on_front)).sum()
    thinned = frame[marks]
    assert set(thinned["state"]) == set(frame["state"])
    view = View((100.0, 2_000.0), (0.2, 0.9))
    closer = drawn(frame, "params", view)
    assert (closer >= marks).all()
    inside = view.inside(frame, "params")
    assert len(set(frame["state"][inside]) - set(frame["state"][closer & inside])) == 0


def test_of_many_trials_few_are_drawn_and_all_are_counted() -> None:
    frame = many(100_000, 1)
    marks = drawn(frame, "params")
    assert 1_000 < marks.sum() < len(STATES) * CELLS[0] * CELLS[1] + 3_000
    figure = front_figure(frame, "params", drawn=marks)
    counted = sum(
        int(trace.name.split()[-1].replace(",", "")) for trace in figure.data if trace.name
    )
    assert counted == len(frame)
    shown = sum(len(trace.x) for trace in figure.data if trace.name)
    assert shown == (marks | front_mask(frame, "params")).sum()
    assert len(figure.to_json()) < 1_500_000


CONDITIONS = st.one_of(
    st.tuples(st.sampled_from(["params", "epochs"]), st.integers(1, 10_000)).map(
        lambda told: (
            told[0],
            {"type": "lessThan", "filter": told[1]},
            lambda row: row[told[0]] < told[1],
        )
    ),
    st.sampled_from(STATES).map(
        lambda word: (
            "state",
            {"filterType": "text", "type": "contains", "filter": word[:3].upper()},
            lambda row: word[:3] in row["state"],
        )
    ),
    st.floats(0, 1).map(
        lambda low: (
            "accuracy",
            {"type": "inRange", "filter": low, "filterTo": 0.8},
            lambda row: low <= row["accuracy"] <= 0.8,
        )
    ),
)


@given(
    st.integers(0, 80),
    st.integers(0, 99),
    CONDITIONS,
    st.permutations(["params", "state", "accuracy"]),
)
def test_the_table_shows_what_was_asked_for(
    count: int, seed: int, condition: Any, names: list[str]
) -> None:
    frame = many(count, seed, tied=True)
    name, model, passes = condition
    order = [{"colId": each, "sort": "desc" if each == "accuracy" else "asc"} for each in names[:2]]
    found = chosen(frame, order, {name: model}).to_dict("records")
    expected = [row for row in frame.to_dict("records") if passes(row)]

    def place(row: dict[str, Any]) -> list[Any]:
        keys: list[Any] = []
        for each in names[:2]:
            value = row[each]
            missing = value != value  # noqa: PLR0124  nan comes last, whichever the direction
            keys.append((missing, 0 if missing else -value if each == "accuracy" else value))
        return [*keys, row["number"]]

    assert [row["number"] for row in found] == [
        row["number"] for row in sorted(expected, key=place)
    ]


def test_what_the_table_does_not_know_changes_nothing() -> None:
    frame = many(20, 5)
    order = [{"colId": "__class__", "sort": "asc"}]
    filters = {
        "point": {"type": "equals", "filter": 1},
        "params": {"type": "__import__", "filter": "x"},
    }
    assert chosen(frame, order, filters).equals(frame)


@pytest.mark.parametrize(
    "text",
    ["[", "[]", '{"params": 3}', '{"params": {"filter": "x"}}', '{"params": {"conditions": [3]}}'],
)
def test_an_address_with_a_wrong_filter_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="filter: must be a mapping"):
        filters(text)


def test_two_conditions_are_joined() -> None:
    frame = many(200, 6)
    both = [{"type": "greaterThan", "filter": 2_000}, {"type": "lessThan", "filter": 5_000}]
    inside = chosen(frame, [], {"params": {"operator": "AND", "conditions": both}})
    assert inside["params"].between(2_001, 4_999).all()
    either = chosen(frame, [], {"params": {"operator": "OR", "conditions": both}})
    assert len(either) == len(frame)
