"""What is believed at one decision: the model, the front, and the gain of candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np
import numpy.typing as npt

from .gain import MARGIN, expected_improvement
from .model import NARROWEST, Surrogate, find_kernel
from .terrace import find_steps

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
    """Networks in the order of their proposal: points (n, d), log sizes (n, 1 or 2), accuracy (n,).

    ``spread`` (n,) is the standard deviation of accuracies that were expected, and 0 of observed.
    """

    points: Ints
    log_sizes: Floats
    accuracy: Floats
    spread: Floats

    @property
    def log_size(self) -> Floats:
        """Of the first size (n,)."""
        return self.log_sizes[:, 0]

    def part(self, rows: Ints) -> Told:
        """Return some of the networks."""
        return Told(self.points[rows], self.log_sizes[rows], self.accuracy[rows], self.spread[rows])


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
        self._largest = told.log_sizes.max(axis=0)
        self._widths = np.maximum(np.ptp(told.log_sizes, axis=0), NARROWEST)
        # That of the first size stays as it was when the view was found.
        self._widths[0] = view.width
        learnt = told.part(most_useful(told, _LEARNT_FROM))
        self._model = self._surrogate(learnt)
        if len(waiting.points):
            expected, _ = self._predict(waiting.points, waiting.log_size)
            learnt = Told(
                np.vstack([learnt.points, waiting.points]),
                np.vstack([learnt.log_sizes, waiting.log_sizes]),
                np.append(learnt.accuracy, expected),
                np.append(learnt.spread, np.zeros(len(expected))),
            )
            self._model = self._surrogate(learnt)
        expected, _ = self._predict(learnt.points, learnt.log_size)
        believed = np.minimum(learnt.accuracy, expected + _LUCK * self._model.noise(expected))
        self._floor = float(told.accuracy.min())
        self._believed, self._sizes = believed, learnt.log_sizes
        self.front = learnt.points[believed >= _level(believed, learnt.log_sizes)]

    def gain(self, candidates: Candidates) -> Floats:
        """Return the expected gain of each candidate (n,)."""
        if not len(candidates.points):
            return np.zeros(0)
        largest = np.maximum(candidates.log_sizes.max(axis=0), self._largest)
        ends = largest + MARGIN * self._widths
        steps = find_steps(self._believed, self._sizes, self._floor, ends)
        mean, spread = self._predict(candidates.points, candidates.log_size)
        return steps.expected_gain(mean, _CURIOSITY * spread, candidates.log_sizes)

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


def _level(accuracy: Floats, log_sizes: Floats) -> Floats:
    """Return the best accuracy of all that are no larger than each network (n,), itself too."""
    ends = np.full(log_sizes.shape[1], np.inf)
    return find_steps(accuracy, log_sizes, -np.inf, ends).level(log_sizes)


def most_useful(told: Told, most: int) -> Ints:
    """Return the rows of at most so many networks: half nearest below the front, half evenly."""
    count = len(told.accuracy)
    if count <= most:
        return np.arange(count)
    level = _level(told.accuracy, told.log_sizes)
    near = np.argsort(level - told.accuracy, kind="stable")[: most // 2]
    others = np.setdiff1d(np.arange(count), near)
    even = others[np.linspace(0, len(others) - 1, most - len(near)).astype(np.int64)]
    return np.sort(np.append(near, even))
