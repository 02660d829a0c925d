"""Trials side by side: sums, sides and tests against what is known otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from results import Study, open_store, weights_path
from results.comparing import exact_mcnemar
from results.comparing.answers import EXAMPLES, sides
from results.finals.answered import Kept, write_answers
from search.session import run
from space.errors import InputError
from tests.search.jobs import small_job

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('store')}/sizewise.db")
    run(small_job(), store, name="small")
    yield Study(store, "small")
    store.close()


def test_mcnemars_test_is_the_binomial_one() -> None:
    assert exact_mcnemar(0, 0) == 1.0
    for lost in range(9):
        for won in range(9):
            if lost + won:
                known = binomtest(lost, lost + won).pvalue
                assert exact_mcnemar(lost, won) == pytest.approx(known)


@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=30))
def test_sides_are_those_of_counting(drawn: list[tuple[int, int, int]]) -> None:
    labels, one, other = (np.array(column) for column in zip(*drawn, strict=True))
    told = sides("validation", labels, (one, other), 3, None)
    lost = [n for n, (label, a, b) in enumerate(drawn) if a == label != b]
    won = [n for n, (label, a, b) in enumerate(drawn) if b == label != a]
    assert (list(told.lost), list(told.won)) == (lost, won)
    right = [sum(row[0] == row[place] for row in drawn) / len(drawn) for place in (1, 2)]
    assert told.accuracies == pytest.approx(right)
    for row in range(3):
        for column in range(3):
            pairs = [((label, a), (label, b)) for label, a, b in drawn]
            more = sum(y == (row, column) for _, y in pairs)
            assert told.confusion[row, column] == more - sum(x == (row, column) for x, _ in pairs)
    assert all(row != column for row, column, _ in told.largest_changes())
    half = EXAMPLES // 2
    assert {example.index for example in told.examples} == {*lost[:half], *won[:half]}


def test_the_first_is_held_against_each_other(study: Study) -> None:
    compared = study.compare(2, 0, 1)
    assert [(pair.one, pair.other) for pair in compared.pairs] == [(2, 0), (2, 1)]
    assert compared.trials["number"].tolist() == [2, 0, 1]
    assert set(compared.curves["number"]) == {0, 1, 2}
    told = study.trials().set_index("number")
    for pair in compared.pairs:
        for cost in ("params", "macs"):
            difference = told.loc[pair.other, cost] - told.loc[pair.one, cost]
            assert sum(getattr(change, cost) for change in pair.changes) == difference
        assert pair.validation is not None
        recorded = told.loc[[pair.one, pair.other], "accuracy"].tolist()
        assert pair.validation.accuracies == pytest.approx(recorded)
        assert pair.test is None


def test_test_images_count_once_the_finals_opened_them(study: Study) -> None:
    labels = np.array([0, 1, 2, 3])
    told = {number: np.where(labels < number, labels, 9) for number in (1, 3)}
    kept = {(number, 7): Kept(classes, labels, 0.5) for number, classes in told.items()}
    write_answers(study.store, "small", kept)
    (pair,) = study.compare(3, 1).pairs
    assert pair.test is not None
    assert (pair.test.lost, pair.test.won, pair.test.images) == ((1, 2), (), 4)
    assert all(example.pixels is None for example in pair.test.examples)
    assert study.compare(3, 0).pairs[0].test is None


def test_what_cannot_be_compared_is_said(study: Study) -> None:
    for wrong in ((1,), (0, 1, 2, 3, 0, 1, 2), (1, 1)):
        with pytest.raises(InputError, match="TRIALS"):
            study.compare(*wrong)
    with pytest.raises(InputError, match="a trial of that number"):
        study.compare(0, 99)
    weights_path(study.store, "small", 3).unlink()
    compared = study.compare(0, 3)
    assert compared.pairs[0].validation is None
    assert "Trial 3 is not among the images" in compared.notes[0]
