"""Racing decisions against brute force, closed forms, and studies whose truth is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from results import is_front
from results.finals import (
    CONFIRMED,
    DEMOTED,
    RACING,
    TIED,
    Entrant,
    Rules,
    judge,
    newcomers,
    repetition_seed,
    summarise,
    wanted,
)
from results.finals.intervals import chance_of_no_gain
from search.assignment import trial_seed
from space.errors import InputError

from .simulated import STEP, TRIALS, Held, Simulated, hold, lucky, natural

NAN = math.nan
# Few values, so that ties are common.
ACCURACIES = st.one_of(st.sampled_from([0.90, 0.91, 0.92, 0.99]), st.floats(0.9, 0.99))


def spread(values: list[float]) -> float:
    return float(np.std(values, ddof=1))


@settings(max_examples=60, deadline=None)
@given(st.lists(ACCURACIES, min_size=2, max_size=8), st.lists(ACCURACIES, min_size=2, max_size=8))
def test_the_chance_is_that_of_welchs_test(one: list[float], other: list[float]) -> None:
    told = chance_of_no_gain(one, other, step=0.0)
    assert 0 <= told <= 1
    if np.ptp(one) > 1e-6 or np.ptp(other) > 1e-6:
        told_of = [f(each) for each in (one, other) for f in (np.mean, spread, len)]
        known = stats.ttest_ind_from_stats(*told_of, False, "greater").pvalue
        assert told == pytest.approx(known, abs=1e-9)
    # Without any spread the means alone decide.
    elif len(set(one)) == len(set(other)) == 1:
        assert round(told, 6) == (0.5 if one[0] == other[0] else float(one[0] < other[0]))


def test_a_spread_below_one_image_is_not_believed() -> None:
    agreed = [0.98] * 3
    assert chance_of_no_gain([0.981] * 3, agreed, step=0.0) == 0.0
    known = stats.ttest_ind_from_stats(0.981, 0.01, 3, 0.98, 0.01, 3, False, "greater").pvalue
    assert chance_of_no_gain([0.981] * 3, agreed, step=0.01) == pytest.approx(known)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACCURACIES, min_size=2, max_size=8), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_are_students(values: list[float], confidence: float) -> None:
    told, n = summarise([*values, NAN], confidence), len(values)
    error = spread(values) / math.sqrt(n)
    assert (told.n, told.mean) == (n, pytest.approx(np.mean(values)))
    if error > 1e-9:
        low, high = stats.t.interval(confidence, n - 1, np.mean(values), error)
        assert (told.mean - told.margin, told.mean + told.margin) == pytest.approx((low, high))
        assert told.bound == pytest.approx(stats.t.ppf(1 - confidence, n - 1, told.mean, error))
    assert math.isnan(summarise([0.9, NAN]).margin)
    assert math.isnan(summarise([NAN]).mean)


def brute(entrants: list[Entrant], rules: Rules) -> dict[int, str]:  # noqa: C901  one definition
    """The definition, word by word."""
    risk = (1 - rules.confidence) / (rules.cap - rules.first + 1)
    known = {one.number: [a for a in one.accuracies if a == a] for one in entrants}  # noqa: PLR0124
    size = {one.number: one.size for one in entrants}
    words: dict[int, str] = {}

    def mean(n: int) -> float:
        return float(np.mean(known[n])) if len(known[n]) >= 2 else -1.0

    def p(a: int, b: int, count: int = 0) -> float:
        told: list[Any] = []
        for n in (a, b):
            wide = max(spread(known[n]), rules.step)
            told += [mean(n), wide, max(count, len(known[n]))]
        return float(stats.ttest_ind_from_stats(*told, False, "greater").pvalue)

    for one in sorted(entrants, key=lambda one: (one.size, -mean(one.number), one.number)):
        i, tries = one.number, len(one.accuracies)
        rivals = [
            j
            for j in size
            if j != i
            and size[j] <= size[i]
            and (words.get(j, RACING) != DEMOTED)
            and len(known[j]) >= 2
        ]

        def beaten(count: int = 0, i: int = i, rivals: list[int] = rivals) -> bool:
            return any(p(j, i, count) < risk / len(rivals) for j in rivals)

        def beats(count: int = 0, i: int = i, rivals: list[int] = rivals) -> bool:
            return all(p(i, j, count) < risk for j in rivals)

        if len(known[i]) < 2 or tries < rules.first:
            words[i] = DEMOTED if len(known[i]) < 2 and tries >= rules.cap else RACING
        elif beaten():
            words[i] = DEMOTED
        elif beats():
            words[i] = CONFIRMED
        elif tries < rules.cap and (tries == rules.first or beaten(rules.cap) or beats(rules.cap)):
            words[i] = RACING
        else:
            others = [j for j in rivals if mean(j) > mean(i)]
            others += [j for j in rivals if mean(j) == mean(i) and size[j] < size[i]]
            words[i] = DEMOTED if others else TIED
    return words


RUNS = st.lists(st.one_of(ACCURACIES, st.just(NAN)), max_size=5)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), RUNS), min_size=1, max_size=6))
def test_verdicts_are_those_of_the_definition(drawn: list[tuple[int, list[float]]]) -> None:
    rules = Rules(confidence=0.9, first=2, cap=5, step=1e-3)
    entrants = [Entrant(n, float(size), tuple(runs)) for n, (size, runs) in enumerate(drawn)]
    told = {number: verdict.word for number, verdict in judge(entrants, rules).items()}
    assert told == brute(entrants, rules)
    assert told == {n: v.word for n, v in judge(entrants[::-1], rules).items()}


RULES = Rules(step=1e-3)


def words(*entrants: tuple[float, list[float]]) -> list[str]:
    told = judge([Entrant(n, s, tuple(a)) for n, (s, a) in enumerate(entrants)], RULES)
    return [told[n].word for n in range(len(entrants))]


def test_the_edges_of_a_race() -> None:
    assert words((10, [])) == [RACING]
    assert words((10, [0.9, 0.9, 0.9])) == [CONFIRMED]
    assert words((10, [0.9, NAN, NAN])) == [RACING]
    assert words((10, [0.9, *[NAN] * 7])) == [DEMOTED]
    steady = [0.98, 0.981, 0.979]
    assert words((10, steady), (20, [0.95, 0.951, 0.949])) == [CONFIRMED, DEMOTED]
    assert words((10, steady), (20, [0.99, 0.991, 0.989])) == [CONFIRMED, CONFIRMED]
    assert words((10, steady), (20, steady)) == [CONFIRMED, RACING]
    full = [0.98, 0.981, 0.979, 0.98, 0.98, 0.981, 0.979, 0.98]
    assert words((10, full), (20, full)) == [CONFIRMED, DEMOTED]
    assert words((10, full), (10, full)) == [TIED, TIED]
    better = [each + 2e-4 for each in full]
    assert words((10, full), (20, better)) == [CONFIRMED, TIED]


def test_rules_out_of_range_are_refused() -> None:
    for wrong in ({"confidence": 1.0}, {"first": 1}, {"cap": 2}, {"seeds": 1}):
        with pytest.raises(InputError):
            Rules(**wrong)


def test_a_round_is_what_is_missing_of_it_and_seeds_are_fresh() -> None:
    entrants = [Entrant(4, 10.0), Entrant(7, 20.0, (0.9, NAN, 0.9))]
    first, *_ = [repetition_seed(3, 7, "validation", index) for index in (1, 2, 3)]
    done = {7: {repetition_seed(3, 7, "validation", index): 0.9 for index in (1, 2, 3)}}
    chosen = wanted(entrants, judge(entrants, RULES), done, RULES, 3)
    assert [each.number for each in chosen] == [4, 4, 4]
    lost = {7: {seed: 0.9 for seed in done[7] if seed != first}}
    entrants[1] = Entrant(7, 20.0, (NAN, 0.9))
    (again,) = wanted(entrants[1:], judge(entrants[1:], RULES), lost, RULES, 3)
    assert again.seed == first
    seeds = {
        repetition_seed(3, number, stage, index)
        for number in range(30)
        for stage in ("validation", "test")
        for index in range(1, 9)
    }
    assert len(seeds) == 480
    assert not seeds & {trial_seed(3, number) for number in range(100)}


def test_whom_a_lucky_member_hid_joins() -> None:
    searched = [0.90, 0.99, 0.97, 0.96, 0.92]
    table = {"number": range(5), "accuracy": searched, "params": [10, 20, 30, 40, 15]}
    frame = pd.DataFrame(table).assign(state="finished")
    entrants = [
        Entrant(0, 10.0, (0.90, 0.901, 0.899)),
        Entrant(1, 20.0, (0.88, 0.881, 0.879)),
        Entrant(4, 15.0, (0.92, 0.921, 0.919)),
    ]
    verdicts = judge(entrants, RULES)
    assert verdicts[1].word == DEMOTED
    # On average the three lost 0.11 / 3: trial 2 is believed to have 0.933, and trial 3 less.
    joined = newcomers(frame, "params", entrants, verdicts)
    assert [one.number for one in joined] == [2]
    nobody = {number: verdict for number, verdict in verdicts.items() if number != 1}
    assert newcomers(frame, "params", entrants, nobody) == []


def held(study: Simulated, rng: np.random.Generator) -> Held:
    return hold(study, rng, Rules(step=STEP))


def test_a_best_point_that_is_luck_is_demoted_at_little_cost() -> None:
    """At most a fifth of what repeating each trial five times would cost, on average."""
    demoted, trainings = 0, []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        study = lucky(rng, below=3.0)
        ended = held(study, rng)
        demoted += ended.verdicts[study.best].word == DEMOTED
        trainings.append(ended.trainings)
    assert demoted >= 95
    assert 5 * np.mean(trainings) <= 5 * TRIALS
    assert max(trainings) <= 5 * TRIALS / 3


def test_hardly_a_confirmed_network_is_off_the_true_front() -> None:
    confirmed, wrong = 0, 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        study = natural(rng)
        truth = is_front(study.truth, study.size)
        for number, verdict in held(study, rng).verdicts.items():
            confirmed += verdict.word == CONFIRMED
            wrong += verdict.word == CONFIRMED and not truth[number]
    assert confirmed > 60
    assert wrong <= 0.05 * confirmed
