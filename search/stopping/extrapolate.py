"""Where a training will end, from its curve so far and from networks like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

from ..algorithms.pareto.model import NARROWEST, explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Floats: TypeAlias = npt.NDArray[np.float64]

_AMPLITUDES = (0.0, 0.05, 0.25, 1.0)
_NOISES = (1e-4, 1e-3, 4e-3, 1.6e-2, 6e-2, 0.2)
"""Variances that the likeness of networks and noise may have, ends having variance 1."""
_SETTLED = 8
"""Whole curves that settling the model uses up, so that errors look smaller than they are."""


@final
@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """What is known of a trial: its accuracies (epochs,), and its features (f,), size the last.

    ``beside`` holds the logarithm of a second size, where there is one.
    ``end`` is the accuracy that it ended with or was expected to, give or take ``spread``.
    All accuracies are as `stretched`.
    """

    accuracies: Sequence[float]
    features: Floats
    beside: tuple[float, ...] = ()
    end: float = np.nan
    spread: float = 0.0

    @property
    def log_sizes(self) -> tuple[float, ...]:
        """The logarithms of its sizes."""
        return (float(self.features[-1]), *self.beside)


@final
@dataclass(frozen=True, slots=True)
class Settings:
    """Variances of what networks have in common by their choices, and of noise."""

    amplitude: float
    noise: float


def stretched(accuracy: float) -> float:
    """Return the angle whose squared sine is an accuracy.

    On that scale the counting noise of an accuracy is the same everywhere (Bartlett 1936, "The
    square root transformation in analysis of variance"), and errors above 0.9 are of the same
    order as those below.
    """
    return float(np.arcsin(np.sqrt(min(max(accuracy, 0.0), 1.0))))


def unstretched(angle: float, spread: float = 0.0) -> tuple[float, float]:
    """Return the accuracy of an angle, and its spread for a small spread of the angle."""
    held = min(max(angle, 0.0), np.pi / 2)
    return float(np.sin(held) ** 2), float(abs(np.sin(2 * held)) * spread)


@final
class Likeness:
    """How alike networks are by their choices and size, as learnt from the ends of whole curves.

    The kernel is that of `pareto`, with a length for each choice.
    """

    def __init__(self, whole: Sequence[Curve]) -> None:
        self.learnt_from = whole[-1]
        sizes = np.array([one.features[-1] for one in whole])
        self._low, self._width = sizes.min(), max(float(np.ptp(sizes)), NARROWEST)
        ends = np.array([one.end for one in whole])
        features = np.array([one.features for one in whole])
        self._kernel = explain(self._scaled(features), ends).k1.k2

    def __call__(self, one: Floats, other: Floats | None = None) -> Floats:
        """Return the likeness (n, m) of networks, 1 for equal ones, from their features."""
        found: Floats
        found = self._kernel(self._scaled(one), None if other is None else self._scaled(other))
        return found

    def _scaled(self, features: Floats) -> Floats:
        sizes = (features[:, -1:] - self._low) / self._width
        return np.hstack([features[:, :-1], sizes])


@final
class Extrapolation:
    """Predicts ends from curves up to an epoch.

    An end is a line in the accuracy at that epoch, the best so far, the mean of the later half of
    the curve, and the logarithm of size, plus a Gaussian process over choices and size for what
    networks have in common beyond that, plus noise (Rasmussen and Williams 2006, "Gaussian
    processes for machine learning", 2.7; curves as features in the manner of Baker et al. 2017,
    "Accelerating neural architecture search using performance prediction").

    Args:
        whole: Trials with an observed end.
        others: Trials with an expected one, which counts the less the wider its spread.
        likeness: As learnt from some of them.
        epoch: How much of each curve is looked at.
        settings: As `settle` gives them.
    """

    def __init__(
        self,
        whole: Sequence[Curve],
        others: Sequence[Curve],
        likeness: Likeness,
        epoch: int,
        settings: Settings,
    ) -> None:
        known = [*whole, *others]
        self._likeness, self._epoch, self._settings = likeness, epoch, settings
        self._features = np.array([one.features for one in known])
        said = _said(known, epoch)
        self._centre, self._width = said.mean(axis=0), said.std(axis=0) + 1e-9
        self._said = (said - self._centre) / self._width
        ends = np.array([one.end for one in known])
        self._middle, self._scale = float(ends.mean()), float(ends.std()) + 1e-9
        self._ends = (ends - self._middle) / self._scale
        own = np.array([one.spread for one in known]) / self._scale
        covariance = _sum(self._line(self._said), likeness(self._features), settings)
        covariance[np.diag_indices_from(covariance)] += own**2
        self._factor = cho_factor(covariance)
        self._weights = cho_solve(self._factor, self._ends)
        inverse = np.diag(cho_solve(self._factor, np.eye(len(known))))[: len(whole)]
        # An end against what the others let expect (Rasmussen and Williams, eq. 5.10 to 5.12).
        off = float((self._weights[: len(whole)] ** 2 / inverse).mean())
        self.freedom = max(len(whole) - _SETTLED, 1)
        self._doubt = max(off, 1.0) * len(whole) / self.freedom

    def predict(self, curve: Curve) -> tuple[float, float]:
        """Return the expected end of a trial and the standard deviation of its error."""
        said = (_said([curve], self._epoch) - self._centre) / self._width
        alike = self._likeness(self._features, curve.features[None])
        near = (self._line(self._said, said) + self._settings.amplitude * alike)[:, 0]
        own = float(self._line(said)[0, 0]) + self._settings.amplitude + self._settings.noise
        left = max(own - float(near @ cho_solve(self._factor, near)), 1e-12)
        spread = self._scale * np.sqrt(left * self._doubt)
        return self._middle + self._scale * float(near @ self._weights), float(spread)

    @staticmethod
    def _line(one: Floats, other: Floats | None = None) -> Floats:
        covariance: Floats = one @ (one if other is None else other).T + 1.0
        return covariance


def settle(whole: Sequence[Curve], likeness: Likeness, epoch: int) -> Settings:
    """Return the settings under which each whole curve is told best by the others."""
    found = np.inf, Settings(_AMPLITUDES[-1], _NOISES[-1])
    said, ends = _said(whole, epoch), np.array([one.end for one in whole])
    said = (said - said.mean(axis=0)) / (said.std(axis=0) + 1e-9)
    ends = (ends - ends.mean()) / (ends.std() + 1e-9)
    alike = said @ said.T + 1.0, likeness(np.array([one.features for one in whole]))
    for settings in _all_settings():
        inverse = np.linalg.inv(_sum(*alike, settings))
        certain = np.diag(inverse)
        loss = float(np.sum((inverse @ ends) ** 2 / certain - np.log(certain)))
        found = min(found, (loss, settings), key=lambda each: each[0])
    return found[1]


def _all_settings() -> Iterable[Settings]:
    return [Settings(each, noise) for each in _AMPLITUDES for noise in _NOISES]


def _sum(line: Floats, likeness: Floats, settings: Settings) -> Floats:
    covariance: Floats = line + settings.amplitude * likeness
    covariance[np.diag_indices_from(covariance)] += settings.noise
    return covariance


def _said(curves: Sequence[Curve], epoch: int) -> Floats:
    """Return what curves say until an epoch (n, 4)."""
    begun = np.array([one.accuracies[:epoch] for one in curves])
    later, best = begun[:, epoch // 2 :].mean(axis=1), begun.max(axis=1)
    sizes = [one.features[-1] for one in curves]
    return np.column_stack([begun[:, -1], best, later, sizes])
