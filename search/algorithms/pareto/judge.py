"""What is believed at one decision: the model, the front, and the gain of candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np
import numpy.typing as npt

from .gain import MARGIN, Staircase, expected_improvement
from .model import NARROWEST, Surrogate, find_kernel

if TYPE_CHECKING:
    from collections.abc import Callable

    from .candidates import Candidates
    from .model import Model

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

_LEARNT_FROM, _FITTED_TO = 500, 100
"""Networks that the model knows, and those that its lengths are found from, at most."""
_LUCK = 2.0
"""Standard deviations of noise above expectation that are believed of a network."""
_CURIOSITY = 0.5
"""Share of its uncertainty that a candidate is judged with: less comes to the front sooner."""


@final
@dataclass(frozen=True, eq=False, slots=True)
class Told:
    """Networks in the order of their proposal: points (n, d), logarithm of size, accuracy (n,).

    ``spread`` (n,) is the standard deviation of accuracies that were expected, and 0 of observed.
    """

    points: Ints
    log_size: Floats
    accuracy: Floats
    spread: Floats

    def part(self, rows: Ints) -> Told:
        """Return some of the networks."""
        return Told(self.points[rows], self.log_size[rows], self.accuracy[rows], self.spread[rows])


@final
@dataclass(frozen=True, eq=False, slots=True)
class View:
    """How networks look to the model: which sizes are 0 and 1, and the kernel for that."""

    encode: Callable[[Ints], Floats]
    low: float
    width: float
    kernel: Any

    def features(self, points: Ints, log_size: Floats) -> Floats:
        """Return choices between 0 and 1, and the size, of points (n, d)."""
        return np.column_stack([self.encode(points), (log_size - self.low) / self.width])


def find_view(told: Told, encode: Callable[[Ints], Floats]) -> View:
    """Return the view under which accuracies are explained best."""
    low = float(told.log_size.min())
    width = max(float(told.log_size.max()) - low, NARROWEST)
    chosen = told.part(most_useful(told, _FITTED_TO))
    features = View(encode, low, width, None).features(chosen.points, chosen.log_size)
    return View(encode, low, width, find_kernel(features, chosen.accuracy, chosen.spread))


@final
class Judge:
    """Judges candidates by what was told.

    Args:
        told: The networks with an accuracy.
        waiting: Those that are being trained; their accuracy is not looked at.
        view: As `find_view` gives it.
        model: How models are made.
    """

    def __init__(self, told: Told, waiting: Told, view: View, model: Model = Surrogate) -> None:
        self._view, self._make = view, model
        self.told, self.waiting = told, waiting
        self._largest = float(told.log_size.max())
        learnt = told.part(most_useful(told, _LEARNT_FROM))
        self._model = self._surrogate(learnt)
        if len(waiting.points):
            expected, _ = self._predict(waiting.points, waiting.log_size)
            learnt = Told(
                np.vstack([learnt.points, waiting.points]),
                np.append(learnt.log_size, waiting.log_size),
                np.append(learnt.accuracy, expected),
                np.append(learnt.spread, np.zeros(len(expected))),
            )
            self._model = self._surrogate(learnt)
        expected, _ = self._predict(learnt.points, learnt.log_size)
        believed = np.minimum(learnt.accuracy, expected + _LUCK * self._model.noise(expected))
        self._floor = float(told.accuracy.min())
        self._believed, self._sizes = believed, learnt.log_size
        self.front = learnt.points[self._on_front(believed, learnt.log_size)]

    def gain(self, candidates: Candidates) -> Floats:
        """Return the expected gain of each candidate (n,)."""
        if not len(candidates.points):
            return np.zeros(0)
        largest = max(float(candidates.log_size.max()), self._largest)
        end = largest + MARGIN * self._view.width
        stairs = Staircase.of(self._believed, self._sizes, self._floor, end)
        mean, spread = self._predict(candidates.points, candidates.log_size)
        return stairs.expected_gain(mean, _CURIOSITY * spread, candidates.log_size)

    def soberly(self) -> Judge:
        """Return the judge that does not take open trainings for done."""
        if not len(self.waiting.points):
            return self
        none = self.waiting.part(np.zeros(0, dtype=np.int64))
        return Judge(self.told, none, self._view, self._make)

    @property
    def freedom(self) -> float:
        """Degrees of freedom of what a training may measure."""
        return self._model.freedom

    def above(self, candidates: Candidates, level: float) -> Floats:
        """Return how many standard deviations trainings will measure above an accuracy (n,)."""
        features = self._view.features(candidates.points, candidates.log_size)
        return self._model.above(features, level)

    def improvement(self, candidates: Candidates, level: float) -> Floats:
        """Return the expected improvement of candidates over an accuracy (n,)."""
        mean, spread = self._predict(candidates.points, candidates.log_size)
        return expected_improvement(mean, spread, level)

    def _surrogate(self, told: Told) -> Surrogate:
        features = self._view.features(told.points, told.log_size)
        return self._make(features, told.accuracy, self._view.kernel, told.spread)

    def _predict(self, points: Ints, log_size: Floats) -> tuple[Floats, Floats]:
        return self._model.predict(self._view.features(points, log_size))

    @staticmethod
    def _on_front(accuracy: Floats, log_size: Floats) -> npt.NDArray[np.bool_]:
        return accuracy >= Staircase.of(accuracy, log_size, -np.inf, np.inf).level(log_size)


def most_useful(told: Told, most: int) -> Ints:
    """Return the rows of at most so many networks: half nearest below the front, half evenly."""
    count = len(told.accuracy)
    if count <= most:
        return np.arange(count)
    level = Staircase.of(told.accuracy, told.log_size, -np.inf, np.inf).level(told.log_size)
    near = np.argsort(level - told.accuracy, kind="stable")[: most // 2]
    others = np.setdiff1d(np.arange(count), near)
    even = others[np.linspace(0, len(others) - 1, most - len(near)).astype(np.int64)]
    return np.sort(np.append(near, even))
