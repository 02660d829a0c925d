"""What the latency of a network is likely to be, by what it costs and by its choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from space import SearchSpace
    from space.bulk import Costs

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

_COSTS = ("macs", "params", "activation_bytes", "depth")
_OF_COSTS, _OF_CHOICES = 0.1, 30.0
"""Penalties: choices explain what costs leave open."""
_FLAT = 1e-9


@final
@dataclass(frozen=True, eq=False, slots=True)
class LatencyModel:
    """A ridge regression of the logarithm of latency.

    Features are the logarithms of macs, params, peak activations and depth, and for each choice of
    the space whether it is taken, all scaled to a mean of 0 and a standard deviation of 1.
    """

    space: SearchSpace
    mean: Floats
    scale: Floats
    weights: Floats
    level: float

    def predict(self, points: Ints, costs: Costs) -> Floats:
        """Return the latency (n,), in milliseconds, of canonical points (n, d)."""
        scaled = (_features(self.space, points, costs) - self.mean) / self.scale
        latency: Floats = np.exp(scaled @ self.weights + self.level)
        return latency


def fit(space: SearchSpace, points: Ints, latency_ms: Floats) -> LatencyModel:
    """Return the model of measured points (n, d) with their latency (n,)."""
    return _fit(space, _features(space, points, space.costs(points)), np.log(latency_ms))


def errors(space: SearchSpace, points: Ints, latency_ms: Floats) -> Floats:
    """Return by which share predictions are off (n,), each by a model of the other points."""
    features, told = _features(space, points, space.costs(points)), np.log(latency_ms)
    off = np.zeros(len(told))
    for row in range(len(told) if len(told) > 1 else 0):
        others = np.arange(len(told)) != row
        model = _fit(space, features[others], told[others])
        guess = (features[row] - model.mean) / model.scale @ model.weights + model.level
        off[row] = abs(np.expm1(guess - told[row]))
    return off


def _fit(space: SearchSpace, features: Floats, told: Floats) -> LatencyModel:
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale < _FLAT] = 1.0
    scaled, level = (features - mean) / scale, float(told.mean())
    penalties = np.full(features.shape[1], _OF_CHOICES)
    penalties[: len(_COSTS)] = _OF_COSTS
    normal = scaled.T @ scaled + np.diag(penalties)
    weights = np.linalg.solve(normal, scaled.T @ (told - level))
    return LatencyModel(space, mean, scale, weights, level)


def _features(space: SearchSpace, points: Ints, costs: Costs) -> Floats:
    # Costs are 0 where layers do not fit.
    logs = [np.log(np.maximum(getattr(costs, name), 1)) for name in _COSTS]
    return np.column_stack([*logs, space.encode(points, "one_hot")])
