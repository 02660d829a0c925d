"""Finals on real trainings: nothing is trained twice, and the test images are opened once."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from results import Store, Study, open_store
from results.finals import DEMOTED, RACING, summarise
from results.finals.answered import answers_path
from search.finals import hold_finals
from search.finals.opening import open_test
from search.plan import stored_split
from search.session import run
from search.terminal.finals import Lines, print_finals
from search.terminal.views import print_front
from search.trouble import Trouble
from space.errors import InputError
from tests.search.jobs import small_job
from trainers.data import SealedPart, with_validation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from results.finals import Repetition
    from search.finals import Finals
    from search.finals.desk import Tell

RULES = {"cap": 3, "seeds": 2}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/sizewise.db")
    run(small_job(), opened, name="small")
    yield opened
    opened.close()


def rows(store: Store) -> list[tuple[object, ...]]:
    wanted = ["number", "stage", "seed", "state", "accuracy", "loss", "epochs"]
    return list(Study(store, "small").finals()[wanted].itertuples(index=False, name=None))


def interrupting(after: int, said: list[Repetition]) -> Tell:
    def tell(repetition: Repetition, _accuracy: float | None, _reason: str) -> None:
        said.append(repetition)
        if len(said) == after:
            raise KeyboardInterrupt

    return tell


def test_finals_are_held_once_and_an_interruption_changes_no_number(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = open_store(f"sqlite:///{tmp_path}/whole/sizewise.db")
    run(small_job(), whole, name="small")
    assert hold_finals("small", whole, rules=RULES)
    said: list[Repetition] = []
    opened: list[str] = []
    unseal = SealedPart.open
    monkeypatch.setattr(
        SealedPart,
        "open",
        lambda part, *, reason: (opened.append(reason), unseal(part, reason=reason))[1],
    )
    for after in (2, 7):
        said.clear()
        tell = interrupting(after, said)
        with pytest.raises(KeyboardInterrupt):
            hold_finals("small", store, rules=RULES, begin=lambda _, tell=tell: tell)
    assert opened == []
    assert hold_finals("small", store)
    assert hold_finals("small", store)
    assert opened == ["finals of the study small"]
    assert rows(store) == rows(whole)
    frame = Study(store, "small").finals()
    assert set(frame["state"]) == {"finished"}
    finalists = Study(store, "small").finalists()
    assert RACING not in set(finalists["verdict"])
    tested = finalists["verdict"] != DEMOTED
    assert set(finalists.loc[tested, "test_n"]) == {2}
    assert set(finalists.loc[~tested, "test_n"]) <= {0}
    trials = Study(store, "small").trials().set_index("number")
    assert not set(frame["seed"]) & set(trials["seed"])
    study = store.study("small")
    split = stored_split(store, study)
    with pytest.raises(InputError, match="must be opened once"):
        open_test(store, study, split, device="cpu", threads=1)
    left = {path.name.split("-")[0] for path in answers_path(store, "small").parent.iterdir()}
    assert left == {"test", "test.npz"}
    whole.close()


def test_answers_that_were_kept_are_committed_without_a_second_opening(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, ended = Store.end_final, 0

    def dying(self: Store, final_id: int, state: str, reason: str, **numbers: float) -> None:
        nonlocal ended
        ended += "test images" in reason
        if ended == 2:
            raise KeyboardInterrupt
        end(self, final_id, state, reason, **numbers)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "end_final", dying)
    with pytest.raises(KeyboardInterrupt):
        hold_finals("small", store, rules=RULES)
    monkeypatch.setattr(Store, "end_final", end)
    assert "running" in {row[3] for row in rows(store)}
    monkeypatch.setattr(SealedPart, "open", lambda *_args, **_named: pytest.fail("opened again"))
    assert hold_finals("small", store)
    assert {row[3] for row in rows(store)} == {"finished"}


def test_rules_are_fixed_by_the_first_start(store: Store) -> None:
    def stop(_finals: Finals) -> Tell:
        raise Trouble("the store is full.")

    with pytest.raises(Trouble, match="`sizewise finals small` goes on"):
        hold_finals("small", store, rules=RULES, begin=stop)
    with pytest.raises(InputError, match="must go on by the rules that they began with, 3"):
        hold_finals("small", store, rules={"cap": 5})


def test_a_study_without_a_front_has_no_finals(store: Store) -> None:
    recipe = {"epochs": 2, "optimizer": "sgd", "learning_rate": 1e30}
    run(small_job(recipe=recipe), store, name="hot")
    with pytest.raises(InputError, match="must have a finished trial"):
        hold_finals("hot", store)
    assert Study(store, "hot").finalists().empty
    assert Study(store, "hot").front().empty


def test_the_last_training_sees_validation_too_and_normalises_as_before(store: Store) -> None:
    split = stored_split(store, store.study("small"))
    both = with_validation(split)
    assert len(both.train) == len(split.train) + len(split.validation)
    assert (both.mean, both.std) == (split.mean, split.std)
    parts = (split.train, split.validation)
    np.testing.assert_array_equal(both.train.images, np.concatenate([p.images for p in parts]))
    np.testing.assert_array_equal(both.train.labels, np.concatenate([p.labels for p in parts]))
    assert sorted(both.indices.train) == sorted([*split.indices.train, *split.indices.validation])
    assert not both.train.images.flags.writeable


def test_the_front_tells_what_the_finals_found(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    study = Study(store, "small")
    before = study.front()
    assert before["verdict"].isna().all()
    hold_finals("small", store, rules=RULES, begin=Lines())
    front, finalists = study.front(), study.finalists()
    told = capsys.readouterr().out
    assert told.startswith("Finals of small: ")
    assert told.count("training ") == finalists["validation_n"].sum()
    assert told.count("trained on train and validation") == finalists["test_n"].sum()
    print_finals(study, ended=True, as_json=False)
    table = capsys.readouterr().out
    assert all(word in table for word in finalists["verdict"])
    assert "The test images were opened on" in table
    print_front(study, None, as_json=False)
    assert "repeated" in capsys.readouterr().out
    tests = study.finals().query("stage == 'test'").groupby("number")["accuracy"].apply(list)
    least = min(summarise(values).bound for values in tests)
    chosen = study.smallest(min_accuracy=least - 1e-9, confidence=0.95)
    assert chosen.params == study.trials().set_index("number").loc[tests.index, "params"].min()
    assert set(before["number"]) <= set(front["number"])
    by_number = finalists.set_index("number")
    for row in front.to_dict("records"):
        assert row["verdict"] == by_number.loc[row["number"], "verdict"]
        assert row["validation_mean"] == by_number.loc[row["number"], "validation_mean"]
    print_finals(study, ended=True, as_json=True)
    assert len(json.loads(capsys.readouterr().out)) == len(finalists)
    assert not math.isnan(finalists["validation_margin"].iloc[0])
