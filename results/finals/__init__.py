"""Finals: which members of the front were lucky, told by training them again; pure decisions."""

from .entering import entrants_of, newcomers
from .finalists import done_of, finalists_frame, with_verdicts
from .intervals import Summary, summarise
from .racing import CONFIRMED, DEMOTED, RACING, TIED, Entrant, Rules, Verdict, judge
from .repetitions import Repetition, repetition_seed, wanted, wanted_for_test
from .settings import RULES_KEY, rules_of, with_rules

__all__ = [
    "CONFIRMED",
    "DEMOTED",
    "RACING",
    "RULES_KEY",
    "TIED",
    "Entrant",
    "Repetition",
    "Rules",
    "Summary",
    "Verdict",
    "done_of",
    "entrants_of",
    "finalists_frame",
    "judge",
    "newcomers",
    "repetition_seed",
    "rules_of",
    "summarise",
    "wanted",
    "wanted_for_test",
    "with_rules",
    "with_verdicts",
]
