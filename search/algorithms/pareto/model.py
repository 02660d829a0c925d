"""What a network is expected to reach, from those that were trained."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel

from .kernel import BEYOND, ChoiceKernel

if TYPE_CHECKING:
    from collections.abc import Callable

Floats: TypeAlias = npt.NDArray[np.float64]

TINY = 1e-9
_LEAST = 1e-6
"""A variance that keeps matrices regular."""
_ROUNDS = 40
"""Steps of the search for lengths, at most."""
# Where amplitude, lengths and noise are looked for.
_AMPLITUDES, _LENGTHS, _NOISES = (1e-2, 1e2), (1e-2, 1e2), (1e-6, 3.0)
# Priors on the logarithms of amplitude, lengths and noise: mean and standard deviation.
_AMPLITUDE, _NOISE = (0.0, 2.0), (np.log(1e-3), 2.0)
_LENGTH_SPREAD, _SIZE_LENGTH = 1.4, (0.0, 1.5)


@final
class Surrogate:
    """A Gaussian process over choices and size, around the mean of what was told.

    Args:
        features: (n, f) of trained networks: choices between 0 and 1, then size from 0 to 1.
        accuracy: (n,) fractions.
        kernel: As found by `find_kernel`.
        spread: (n,) standard deviations of accuracies that were expected, 0 of observed ones.
    """

    def __init__(
        self, features: Floats, accuracy: Floats, kernel: Any, spread: Floats | float = 0.0
    ) -> None:
        self._middle, self._scale = float(accuracy.mean()), float(accuracy.std()) + TINY
        own = _LEAST + (spread / self._scale) ** 2
        self._process = GaussianProcessRegressor(kernel, alpha=own, optimizer=None)
        self._process.fit(features, (accuracy - self._middle) / self._scale)

    @property
    def noise(self) -> float:
        """The standard deviation of training the same network again."""
        return float(np.sqrt(self._process.kernel_.k2.noise_level)) * self._scale

    def predict(self, features: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of the accuracy, training noise apart."""
        with warnings.catch_warnings():
            # Where a network is as good as known, rounding takes its variance below 0.
            warnings.filterwarnings("ignore", "Predicted variances smaller than 0")
            mean, spread = self._process.predict(features, return_std=True)
        own = np.sqrt(np.maximum(spread**2 - self._process.kernel_.k2.noise_level, 1e-10))
        return mean * self._scale + self._middle, own * self._scale


def find_kernel(features: Floats, accuracy: Floats, spread: Floats | float = 0.0) -> Any:
    """Return the kernel with the amplitude, lengths and noise that explain accuracies best.

    Best by likelihood and a prior, under which lengths grow with the number of choices, so that a
    handful of networks do not settle which choices count.
    """
    columns = features.shape[1]
    middle = np.full(columns, 0.5 * np.log(columns - 1.0) if columns > 1 else 0.0)
    middle[-1] = _SIZE_LENGTH[0]
    means = np.concatenate([[_AMPLITUDE[0]], middle, [_NOISE[0]]])
    widths = np.full(len(means), _LENGTH_SPREAD)
    widths[[0, -2, -1]] = _AMPLITUDE[1], _SIZE_LENGTH[1], _NOISE[1]
    kernel = ConstantKernel(1.0, BEYOND) * ChoiceKernel(np.exp(middle)) + WhiteKernel(1e-2, BEYOND)
    scale = accuracy.std() + TINY
    own = _LEAST + (spread / scale) ** 2
    process = GaussianProcessRegressor(kernel, alpha=own, optimizer=_with_prior(means, widths))
    process.fit(features, (accuracy - accuracy.mean()) / scale)
    return process.kernel_


def _with_prior(means: Floats, widths: Floats) -> Callable[..., tuple[Floats, float]]:
    def search(
        objective: Callable[[Floats], tuple[float, Floats]], first: Floats, bounds: Floats
    ) -> tuple[Floats, float]:
        del bounds
        within = np.array([_AMPLITUDES, *[_LENGTHS] * (len(first) - 2), _NOISES])

        def penalised(theta: Floats) -> tuple[float, Floats]:
            value, gradient = objective(theta)
            away = (theta - means) / widths
            return value + 0.5 * float(away @ away), gradient + away / widths

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
