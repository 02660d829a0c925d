"""Which trainings the finals want next, each with a seed of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ..schema import STAGES, TEST, VALIDATION
from .racing import DEMOTED, RACING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .racing import Entrant, Rules, Verdict

# A seed of the search comes from two words only; no stage has the number 0.
_STAGE: Final = {stage: code for code, stage in enumerate(STAGES, start=1)}


@dataclass(frozen=True, slots=True)
class Repetition:
    """One training of the finals: which trial's network, for which stage, from which seed."""

    number: int
    stage: str
    seed: int


def repetition_seed(study_seed: int, number: int, stage: str, index: int) -> int:
    """Return the seed of a repetition (``index`` from 1), as no trial of the search has it."""
    words = (study_seed, number, _STAGE[stage], index)
    return int(np.random.SeedSequence(words).generate_state(1)[0])


def wanted(
    entrants: Iterable[Entrant],
    verdicts: Mapping[int, Verdict],
    done: Mapping[int, Mapping[int, float]],
    rules: Rules,
    study_seed: int,
) -> list[Repetition]:
    """Return the trainings of the race's next round, empty once every place is settled.

    Those that were never trained are trained ``first`` times, all others that still race once. What
    an interruption took away comes again, with the same seed.

    Args:
        entrants: Who races, with what is known so far.
        verdicts: As `judge` gives them for these.
        done: Accuracy by trial and seed of the trainings that ended, nan for a failed one.
        rules: Of the race.
        study_seed: Of the study.
    """
    chosen: list[Repetition] = []
    for one in entrants:
        if verdicts[one.number].word == RACING:
            until = max(rules.first, len(one.accuracies) + 1)
            chosen += _missing(one.number, VALIDATION, until, done, study_seed)
    return chosen


def wanted_for_test(
    verdicts: Mapping[int, Verdict],
    done: Mapping[int, Mapping[int, float]],
    rules: Rules,
    study_seed: int,
) -> list[Repetition]:
    """Return the trainings on train plus validation that are left before the test images open."""
    chosen: list[Repetition] = []
    for number, verdict in verdicts.items():
        if verdict.word != DEMOTED:
            chosen += _missing(number, TEST, rules.seeds, done, study_seed)
    return chosen


def _missing(
    number: int,
    stage: str,
    until: int,
    done: Mapping[int, Mapping[int, float]],
    study_seed: int,
) -> list[Repetition]:
    seeds = (repetition_seed(study_seed, number, stage, index) for index in range(1, until + 1))
    return [Repetition(number, stage, seed) for seed in seeds if seed not in done.get(number, {})]
