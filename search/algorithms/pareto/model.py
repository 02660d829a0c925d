"""What a network is expected to reach, from those that were trained."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_solve
from scipy.optimize import minimize
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel

from .kernel import BEYOND, ChoiceKernel

if TYPE_CHECKING:
    from collections.abc import Callable

Floats: TypeAlias = npt.NDArray[np.float64]

TINY = 1e-9
NARROWEST = 0.1
"""The least range of the logarithm of size that features stretch to 0 and 1."""
_LEAST_ERROR = 1e-3
"""Errors below it hardly differ: their logarithm has an end."""
_CAUTION = 1.6
"""How much wider spreads are taken where a chance must hold: by the ends of searches on tables."""
_LEAST = 1e-6
"""A variance that keeps matrices regular."""
_ROUNDS = 40
"""Steps of the search for lengths, at most."""
# Where amplitude, lengths and noise are looked for.
_AMPLITUDES, _LENGTHS, _NOISES = (1e-2, 1e2), (1e-2, 1e2), (1e-6, 3.0)
# Priors on the logarithms of amplitude, noise and the length of size: mean and standard deviation.
_AMPLITUDE, _NOISE, _SIZE_LENGTH = (0.0, 2.0), (np.log(1e-3), 2.0), (0.0, 1.5)
_TOGETHER, _APART = 1.0, 0.7
"""How far the lengths of all choices may lie off together, and each of them off the others."""


@final
class Surrogate:
    """A Gaussian process over choices and size, of the logarithm of the error.

    The error is what accuracy lacks to 1. Near the front it changes by small factors, far below it
    by large differences, and its logarithm is alike in both.

    Args:
        features: (n, f) of trained networks: choices between 0 and 1, then size from 0 to 1.
        accuracy: (n,) fractions.
        kernel: As found by `find_kernel`.
        spread: (n,) standard deviations of accuracies that were expected, 0 of observed ones.
        own: How many of them give middle and scale, where those behind are of other studies; then
            a last column holds the number of the study, 0 for this one.
    """

    def __init__(
        self,
        features: Floats,
        accuracy: Floats,
        kernel: Any,
        spread: Floats | float = 0.0,
        *,
        own: int | None = None,
    ) -> None:
        self._shared, self._own = own is not None, own
        errors = log_error(accuracy)
        self._middle, self._scale = float(errors[:own].mean()), float(errors[:own].std()) + TINY
        unsure = _variance(spread, accuracy, self._scale)
        self._process = GaussianProcessRegressor(kernel, alpha=unsure, optimizer=None)
        self._process.fit(features, (errors - self._middle) / self._scale)

    def noise(self, accuracy: Floats) -> Floats:
        """Return the standard deviation of training networks of such an accuracy again."""
        again = float(np.sqrt(self._process.kernel_.k2.noise_level)) * self._scale
        return again * (1 + _LEAST_ERROR - accuracy)

    @property
    def freedom(self) -> float:
        """Networks that were told here beyond one for each length and the noise, or a quarter."""
        rows = len(self._process.X_train_[: self._own])
        return float(max(rows - self._process.X_train_.shape[1] - 1, rows / 4))

    @property
    def doubt(self) -> float:
        """How many times too small the model's own spreads are taken to be.

        By the accuracies told here, each against what the others let expect (Rasmussen and
        Williams 2006, "Gaussian processes for machine learning", eq. 5.12), by degrees of freedom.
        """
        weights, precision = self._left_out
        off = (weights**2 / precision)[: self._own]
        return _CAUTION * float(np.sqrt(max(1.0, off.sum() / self.freedom)))

    def left_out(self) -> tuple[Floats, Floats]:
        """Return what each network told was to reach by all others, and by how much it may miss.

        Median and standard deviation of accuracies, training noise included.
        """
        weights, precision = self._left_out
        values = self._process.y_train_ - weights / precision
        errors = values * self._scale + self._middle
        return accuracy_of(errors), np.sqrt(1 / precision) * self._scale * np.exp(errors)

    @property
    def _left_out(self) -> tuple[Floats, Floats]:
        """The weights of what was told, and the diagonal of the inverse of its covariance."""
        inverse = cho_solve((self._process.L_, True), np.eye(len(self._process.L_)))
        return self._process.alpha_, np.diag(inverse)

    def predict(self, features: Floats) -> tuple[Floats, Floats]:
        """Return median and standard deviation of the accuracy, training noise apart.

        The deviation is that of the logarithm of the error times the error: to first order.
        """
        mean, own = self._within(features)
        errors = mean * self._scale + self._middle
        return accuracy_of(errors), own * self._scale * np.exp(errors)

    def above(self, features: Floats, level: float) -> Floats:
        """Return how many standard deviations networks lie above an accuracy (n,).

        Those of what a training may measure, widened where the model was too sure before.
        """
        mean, own = self._within(features)
        needed = (float(log_error(np.array(level))) - self._middle) / self._scale
        spread = self.doubt * np.sqrt(own**2 + self._process.kernel_.k2.noise_level)
        found: Floats = (needed - mean) / spread
        return found

    def _within(self, features: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation on the model's own scale."""
        if self._shared:
            features = np.column_stack([features, np.zeros(len(features))])
        with warnings.catch_warnings():
            # Where a network is as good as known, rounding takes its variance below 0.
            warnings.filterwarnings("ignore", "Predicted variances smaller than 0")
            mean, spread = self._process.predict(features, return_std=True)
        own = spread**2 - self._process.kernel_.k2.noise_level
        return mean, np.sqrt(np.maximum(own, 1e-10))


def log_error(accuracy: Floats) -> Floats:
    """Return the logarithms of errors, as the model sees accuracies."""
    found: Floats = np.log(1 + _LEAST_ERROR - accuracy)
    return found


def accuracy_of(error: Floats) -> Floats:
    """Return the accuracies of logarithms of errors."""
    found: Floats = 1 + _LEAST_ERROR - np.exp(error)
    return found


def _variance(spread: Floats | float, accuracy: Floats, scale: float) -> Floats:
    """Return the variances of what was told, on the model's own scale: to first order."""
    off = spread / (1 + _LEAST_ERROR - accuracy) / scale
    found: Floats = _LEAST + off**2
    return found


def find_kernel(features: Floats, accuracy: Floats, spread: Floats | float = 0.0) -> Any:
    """Return the kernel with the amplitude, lengths and noise that explain accuracies best."""
    errors = log_error(accuracy)
    scale = float(errors.std()) + TINY
    return explain(features, errors, _variance(spread, accuracy, scale))


def explain(features: Floats, values: Floats, unsure: Floats | float = _LEAST) -> Any:
    """Return the kernel that explains values on any scale best.

    Best by likelihood and a prior, under which lengths grow with the number of choices, so that a
    handful of networks do not settle which choices count, and are alike: what is learnt of the
    length of one choice is believed of the others in part.

    Args:
        features: (n, f) of networks, as `Surrogate` takes them.
        values: (n,)
        unsure: (n,) variances of the values, as shares of that of all of them.
    """
    columns = features.shape[1]
    middle = np.full(columns, 0.5 * np.log(columns - 1.0) if columns > 1 else 0.0)
    middle[-1] = _SIZE_LENGTH[0]
    means = np.concatenate([[_AMPLITUDE[0]], middle, [_NOISE[0]]])
    widths = np.full(len(means), _APART)
    widths[[0, -2, -1]] = _AMPLITUDE[1], _SIZE_LENGTH[1], _NOISE[1]
    covariance = np.diag(widths**2)
    covariance[1:-2, 1:-2] += _TOGETHER**2
    kernel = ConstantKernel(1.0, BEYOND) * ChoiceKernel(np.exp(middle)) + WhiteKernel(1e-2, BEYOND)
    search = _with_prior(means, np.linalg.inv(covariance))
    process = GaussianProcessRegressor(kernel, alpha=unsure, optimizer=search)
    process.fit(features, (values - values.mean()) / (values.std() + TINY))
    return process.kernel_


def _with_prior(means: Floats, precision: Floats) -> Callable[..., tuple[Floats, float]]:
    def search(
        objective: Callable[[Floats], tuple[float, Floats]], first: Floats, bounds: Floats
    ) -> tuple[Floats, float]:
        del bounds
        within = np.array([_AMPLITUDES, *[_LENGTHS] * (len(first) - 2), _NOISES])

        def penalised(theta: Floats) -> tuple[float, Floats]:
            value, gradient = objective(theta)
            away = theta - means
            pull = precision @ away
            return value + 0.5 * float(away @ pull), gradient + pull

        found = minimize(
            penalised,
            first,
            jac=True,
            bounds=np.log(within),
            method="L-BFGS-B",
            options={"maxiter": _ROUNDS},
        )
        return found.x, float(found.fun)

    return search


Model: TypeAlias = "Callable[[Floats, Floats, Any, Floats], Surrogate]"
"""From features, accuracies and a kernel to a model."""
