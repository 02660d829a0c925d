"""The race: after each round, whose place on the front is settled?

A network belongs on the front if it is more accurate than every one that is no larger. By racing
(Maron and Moore, "Hoeffding races", 1994; for two objectives Zhang, Georgiopoulos and
Anagnostopoulos, "S-Race", 2013) a network is trained again only until that is settled. The accuracy
of the search never counts: it was selected for being high.

Each verdict is wrong with a chance of at most 1 - confidence. A network is looked at several times,
so that each look gets an equal part of that chance (Bonferroni). A network is demoted as soon as
one of its rivals is above it, so that a look's part is divided among the rivals, too; it is
confirmed when it is above all of them, which needs no division (an intersection-union test: Berger,
"Multiparameter hypothesis testing and acceptance sampling", Technometrics 24, 1982).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Final

from space.errors import InputError

from .intervals import chance_of_no_gain, succeeded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RACING: Final = "racing"
CONFIRMED: Final = "confirmed"
TIED: Final = "tied"
DEMOTED: Final = "demoted"


@dataclass(frozen=True, slots=True)
class Rules:
    """How long a race may last.

    Args:
        confidence: Of a verdict, in (0.5, 1).
        first: Trainings of each network before the first look, at least 2.
        cap: Trainings of a network at most, not below ``first``.
        seeds: Trainings of each network that is left, for the test images, at least 2.
        step: By how much one validation image changes an accuracy.

    Raises:
        InputError: One of them is out of range.
    """

    confidence: float = 0.95
    first: int = 3
    cap: int = 8
    seeds: int = 3
    step: float = 0.0

    def __post_init__(self) -> None:
        if not 0.5 < self.confidence < 1:
            raise InputError("confidence", "`0.5 < confidence < 1` must hold", self.confidence)
        if self.first < 2:
            raise InputError(
                "first", "`first >= 2` must hold, since one shows no spread", self.first
            )
        if self.cap < self.first:
            raise InputError("cap", f"`cap >= {self.first}` must hold", self.cap)
        if self.seeds < 2:
            raise InputError(
                "seeds", "`seeds >= 2` must hold, since one shows no spread", self.seeds
            )

    @property
    def risk(self) -> float:
        """The chance of a wrong verdict that one look may take."""
        return (1 - self.confidence) / (self.cap - self.first + 1)


@dataclass(frozen=True, slots=True)
class Entrant:
    """A network in the race: trial, size, and an accuracy for each training, nan if it failed."""

    number: int
    size: float
    accuracies: tuple[float, ...] = ()

    @property
    def known(self) -> list[float]:
        """The accuracies of the trainings that came to an end."""
        return succeeded(self.accuracies)

    @property
    def mean(self) -> float:
        """Their mean, or below every accuracy where there are fewer than two."""
        return fmean(self.known) if len(self.known) >= 2 else -1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """``racing``, ``confirmed``, ``tied`` or ``demoted``, and why."""

    word: str
    reason: str


def judge(entrants: Iterable[Entrant], rules: Rules) -> dict[int, Verdict]:
    """Return the verdict on each network, from all that is known of all of them.

    ``confirmed``: more accurate than every rival at the stated confidence. ``demoted``: a rival is
    more accurate at that confidence, or, once more trainings do not help, its mean is not above
    that of a smaller one. ``tied``: its mean is on the front, but more trainings do not tell it
    from a rival's. They do not help after ``cap`` of them, or if even ``cap`` would not settle it
    with the means and spreads so far. Rivals are the networks that are no larger and were not
    demoted themselves.

    Args:
        entrants: In any order.
        rules: Of the race.
    """
    verdicts: dict[int, Verdict] = {}
    order = sorted(entrants, key=lambda one: (one.size, -one.mean, one.number))
    for place, one in enumerate(order):
        before = [each for each in order[:place] if verdicts[each.number].word != DEMOTED]
        equal = [each for each in order[place + 1 :] if each.size == one.size]
        rivals = [each for each in (*before, *equal) if len(each.known) >= 2]
        verdicts[one.number] = _verdict(one, rivals, rules)
    return verdicts


def _verdict(one: Entrant, rivals: Sequence[Entrant], rules: Rules) -> Verdict:
    tries, failed = len(one.accuracies), len(one.accuracies) - len(one.known)
    enough = tries - failed >= 2
    if tries < rules.first or (not enough and tries < rules.cap):
        return Verdict(RACING, f"trained {tries} of at most {rules.cap} times")
    if not enough:
        return Verdict(DEMOTED, f"{failed} of {tries} trainings failed")
    if beaten := _beaten(one, rivals, rules):
        told = f"trial {beaten.number} ({beaten.mean:.2%}) is no larger and more accurate"
        return Verdict(DEMOTED, f"{told} than its {one.mean:.2%}")
    close = _close(one, rivals, rules)
    if not close:
        told = "more accurate than all that are no larger" if rivals else "none is smaller"
        return Verdict(CONFIRMED, told)
    if tries < rules.cap and _hopeful(one, rivals, rules):
        return Verdict(RACING, f"trained {tries} of at most {rules.cap} times")
    return _by_means(one, rivals, close)


def _hopeful(one: Entrant, rivals: Sequence[Entrant], rules: Rules) -> bool:
    """Return whether ``cap`` trainings would settle it, by the means and spreads so far."""
    if len(one.accuracies) == rules.first:
        return True
    beaten = _beaten(one, rivals, rules, n=rules.cap)
    return beaten is not None or not _close(one, rivals, rules, n=rules.cap)


def _beaten(one: Entrant, rivals: Sequence[Entrant], rules: Rules, *, n: int = 0) -> Entrant | None:
    """Return a rival that is above ``one`` at the stated confidence."""
    for rival in rivals:
        chance = chance_of_no_gain(rival.known, one.known, step=rules.step, n=n)
        if chance < rules.risk / len(rivals):
            return rival
    return None


def _close(one: Entrant, rivals: Sequence[Entrant], rules: Rules, *, n: int = 0) -> list[Entrant]:
    """Return the rivals that ``one`` is not above at the stated confidence."""
    return [
        rival
        for rival in rivals
        if chance_of_no_gain(one.known, rival.known, step=rules.step, n=n) >= rules.risk
    ]


def _by_means(one: Entrant, rivals: Sequence[Entrant], close: Sequence[Entrant]) -> Verdict:
    """Judge by means alone, as far as they go: a larger network has to be the more accurate one."""
    for rival in rivals:
        if rival.mean > one.mean or (rival.mean == one.mean and rival.size < one.size):
            told = f"its mean {one.mean:.2%} is not above that of trial {rival.number}"
            return Verdict(DEMOTED, f"{told}, {rival.mean:.2%}, which is no larger")
    nearest = max(close, key=lambda rival: rival.mean)
    return Verdict(TIED, f"too close to trial {nearest.number} to tell ({nearest.mean:.2%})")
