"""How finals stand, read from a store: who races, what was trained, what is wanted next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..frames import finished_frame
from ..schema import TEST, VALIDATION
from .entering import entrants_of, newcomers
from .finalists import done_of, racing_trials
from .racing import RACING, judge
from .repetitions import wanted, wanted_for_test

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..records import StudyRecord
    from ..store import Store
    from .racing import Entrant, Rules, Verdict
    from .repetitions import Repetition


@dataclass(frozen=True, slots=True)
class Standing:
    """Who races, the smallest first, and the verdict on each, by what the store holds now."""

    entrants: tuple[Entrant, ...]
    verdicts: dict[int, Verdict]

    @property
    def settled(self) -> bool:
        """Whether no network races any more."""
        return all(verdict.word != RACING for verdict in self.verdicts.values())


def standing_of(store: Store, study: StudyRecord, rules: Rules) -> Standing:
    """Return how the race stands; once it is settled, those whom the demoted hid have joined."""
    raced = done_of(store.finals(study.id), VALIDATION)
    trials = racing_trials(store, study.id, study.size, raced)
    results = {number: list(runs.values()) for number, runs in raced.items()}
    entrants = entrants_of(trials, study.size, results)
    standing = Standing(tuple(entrants), judge(entrants, rules))
    if not standing.settled:
        return standing
    finished = finished_frame(store, study.id, study.size).dropna()
    entrants += newcomers(finished, study.size, entrants, standing.verdicts)
    return Standing(tuple(entrants), judge(entrants, rules))


def next_round(store: Store, study: StudyRecord, rules: Rules) -> list[Repetition]:
    """Return the trainings of the race's next round, empty once every place is settled."""
    standing = standing_of(store, study, rules)
    done = done_of(store.finals(study.id), VALIDATION)
    return wanted(standing.entrants, standing.verdicts, done, rules, study.seed)


def left_for_test(
    store: Store, study: StudyRecord, rules: Rules, trained: Iterable[Repetition]
) -> list[Repetition]:
    """Return the trainings on train plus validation that are left before the test images open.

    Args:
        store: Where the study stands.
        study: The study.
        rules: Of the finals.
        trained: Those whose weights wait for the test images.
    """
    done = done_of(store.finals(study.id), TEST)
    for repetition in trained:
        done.setdefault(repetition.number, {})[repetition.seed] = 0.0
    verdicts = standing_of(store, study, rules).verdicts
    return wanted_for_test(verdicts, done, rules, study.seed)
