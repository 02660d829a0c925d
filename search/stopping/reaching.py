"""Stop a trial when it will hardly reach the front at its own size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr
from threadpoolctl import ThreadpoolController

from results.marks import amount

from .extrapolate import Curve, Extrapolation, Likeness, settle, stretched, unstretched
from .rule import Stop, StoppingRule
from .stake import share_at_stake

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .extrapolate import Settings
    from .rule import Network

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

RISK = 0.05
"""The share of the stopped that may be expected to have reached the front after all."""
CHANCE = 0.25
"""The largest chance to reach the front that a single trial may be stopped with."""
STAKE = 3e-4
"""The largest share of the hypervolume that a single trial may be expected to add for that."""
LEAST = 10
"""Whole curves that are needed before anything is extrapolated."""
_WHOLE, _OTHERS = 80, 40
"""Whole and stopped curves that are learnt from, at most: the latest."""
_FRESH = 0.25
"""What networks have in common is found again when so many more whole curves are known."""
_GROWTH = 1.25
"""A trial is judged anew when its curve is so much longer."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a trial needs for the front, and what is expected of it, as stretched accuracies."""

    needed: float
    expected: float
    spread: float
    chance: float


@final
class Reaching(StoppingRule):
    """Extrapolates a curve and compares what it may reach with the front at the trial's size.

    What a judgement depends on is the trial's own curve, and the curves of the trials that had
    ended by then, in the order in which they did.

    Args:
        epochs: Those of a whole training.
        encode: Features between 0 and 1 of points (n, d).
    """

    def __init__(self, epochs: int, encode: Callable[[Ints], Floats]) -> None:
        self._epochs, self._encode = epochs, encode
        self._looks = frozenset(_looks(epochs))
        self._running: dict[int, list[float]] = {}
        self._whole: list[Curve] = []
        self._stopped: list[Curve] = []
        self._chances: list[float] = []
        self._likeness: Likeness | None = None
        self._settings: dict[int, Settings] = {}
        self._models: dict[int, tuple[tuple[int, int], Extrapolation]] = {}
        self._threads = ThreadpoolController()

    def judge(self, number: int, network: Network, epoch: int, accuracy: float) -> Stop | None:
        """Return a stop where the chance of reaching the front is too small."""
        begun = self._running.setdefault(number, [])
        del begun[epoch - 1 :]
        begun.append(stretched(accuracy))
        if epoch == self._epochs:
            self._end(number, network)
        if epoch == self._epochs or epoch not in self._looks or len(self._whole) < LEAST:
            return None
        curve = self._curve(number, network)
        judged = self._judge(curve)
        if judged.chance > CHANCE or sum(self._chances) + judged.chance > self._allowed:
            return None
        stake = share_at_stake(self._whole, curve.log_sizes, judged.expected, judged.spread)
        if stake > STAKE:
            return None
        return self._stop(number, curve, judged)

    def recall(
        self, number: int, network: Network, accuracies: Sequence[float], *, stopped: bool
    ) -> Stop | None:
        """Take a trial of an earlier run; where it was stopped, by what was known then."""
        self._running[number] = [stretched(each) for each in accuracies]
        if len(accuracies) == self._epochs:
            self._end(number, network)
        if not stopped or len(self._whole) < LEAST:
            return None
        curve = self._curve(number, network)
        return self._stop(number, curve, self._judge(curve))

    @property
    def _allowed(self) -> float:
        """How many of the stopped, with one more, may have reached the front."""
        return RISK * (len(self._chances) + 1)

    def _judge(self, curve: Curve) -> _Judged:
        """Return what is expected of a trial."""
        own = curve.log_sizes
        rivals = [one.end for one in self._whole if np.less_equal(one.log_sizes, own).all()]
        needed = max(rivals, default=np.inf)
        # For matrices of this size threads wait for one another longer than they work, and sums
        # come out the same on any machine.
        with self._threads.limit(limits=1):
            model = self._extrapolation(len(curve.accuracies))
            expected, spread = model.predict(curve)
        chance = _chance(needed - expected, spread, model.freedom) if rivals else 1.0
        return _Judged(needed, expected, spread, chance)

    def _stop(self, number: int, curve: Curve, judged: _Judged) -> Stop:
        """Keep what was expected of a trial, and return it in words."""
        del self._running[number]
        self._chances.append(judged.chance)
        self._stopped.append(replace(curve, end=judged.expected, spread=judged.spread))
        needed, _ = unstretched(judged.needed)
        expected, spread = unstretched(judged.expected, judged.spread)
        sizes = " and ".join(amount(np.exp(each)) for each in curve.log_sizes)
        needs = f"needs {needed:.4f} at {sizes}"
        told = f"epoch {len(curve.accuracies)}: {needs}, expected {expected:.4f} ± {spread:.4f}"
        return Stop(told, expected, spread)

    def _curve(self, number: int, network: Network) -> Curve:
        point = np.array([network.point], dtype=np.int64)
        log_size, *beside = map(float, np.log(network.sizes))
        features = np.append(self._encode(point)[0], log_size)
        return Curve(tuple(self._running[number]), features, tuple(beside))

    def _end(self, number: int, network: Network) -> None:
        curve = self._curve(number, network)
        del self._running[number]
        self._whole.append(replace(curve, end=curve.accuracies[-1]))

    def _extrapolation(self, epoch: int) -> Extrapolation:
        """Return the model of an epoch, made anew when another trial has ended."""
        first = self._whole[: _milestone(len(self._whole))][-_WHOLE:]
        if self._likeness is None or self._likeness.learnt_from is not first[-1]:
            self._likeness = Likeness(first)
            self._settings.clear()
        if epoch not in self._settings:
            self._settings[epoch] = settle(first, self._likeness, epoch)
        state = len(self._whole), len(self._stopped)
        if epoch not in self._models or self._models[epoch][0] != state:
            others = [one for one in self._stopped if len(one.accuracies) >= epoch]
            known = self._whole[-_WHOLE:], others[-_OTHERS:]
            model = Extrapolation(*known, self._likeness, epoch, self._settings[epoch])
            self._models[epoch] = state, model
        return self._models[epoch][1]


def _looks(epochs: int) -> list[int]:
    """Return the epochs at which trials are judged: all at first, then ever fewer."""
    found, look = list[int](), 1.0
    while round(look) < epochs:
        found.append(round(look))
        look = max(look * _GROWTH, look + 1)
    return found


def _milestone(count: int) -> int:
    """Return the last number of whole curves at which the model was settled."""
    found = LEAST
    while (after := int(found * (1 + _FRESH)) + 1) <= count:
        found = after
    return found


def _chance(short: float, spread: float, freedom: int) -> float:
    """Return the chance of an error that makes up for what is short, by Student's distribution."""
    return float(stdtr(freedom, -short / spread)) if short > 0 else 1.0
