"""How alike two networks are, by their choices and their size."""

from __future__ import annotations

from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt
from sklearn.gaussian_process.kernels import Hyperparameter, Kernel

Floats: TypeAlias = npt.NDArray[np.float64]

BEYOND = (1e-12, 1e12)
"""Wider than any search goes: scikit-learn warns of what is found at a bound."""
_STEP = 0.3
"""How much of the distance of two choices is that they differ; the rest grows with the steps."""


@final
class ChoiceKernel(Kernel):  # type: ignore[misc]  # scikit-learn ships no types
    """Matérn 5/2 over choices and size, with a length for each column.

    Columns lie between 0 and 1. For the squared distance of two choices a share of 0.3 says
    whether they are the same, and the rest how far apart they stand in their dimension: the order
    of choices helps where there is one, and does little harm where there is none. The last column,
    the logarithm of size, counts by its distance alone.
    """

    def __init__(self, lengths: Floats | float = 1.0) -> None:
        self.lengths = lengths

    @property
    def hyperparameter_lengths(self) -> Hyperparameter:
        """The lengths, as scikit-learn finds them."""
        return Hyperparameter("lengths", "numeric", BEYOND, len(np.atleast_1d(self.lengths)))

    def __call__(self, X: Floats, Y: Floats | None = None, eval_gradient: bool = False) -> Any:  # noqa: N803
        """Return the kernel (n, m), and its gradient (n, n, f) by the logarithms of lengths."""
        other = X if Y is None else Y
        if not eval_gradient:
            return _matern(np.sqrt(5 * self._distances(X, other)))
        differences = X[:, None, :] - other[None]
        parts = differences**2
        choices = parts[:, :, :-1]
        choices *= 1 - _STEP
        choices += _STEP * (differences[:, :, :-1] != 0)
        parts /= np.asarray(self.lengths) ** 2
        root = np.sqrt(5 * parts.sum(axis=2))
        # d k / d log l = 5/3 (1 + r) exp(-r) times the column's own share of the distance.
        factor = 5 / 3 * (1 + root) * np.exp(-root)
        parts *= factor[:, :, None]
        return _matern(root), parts

    def _distances(self, one: Floats, other: Floats) -> Floats:
        """Return squared distances (n, m) by one matrix product."""
        values = [np.unique(np.append(one[:, at], other[:, at])) for at in range(one.shape[1] - 1)]
        left, right = self._laid_out(one, values), self._laid_out(other, values)
        squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2 * left @ right.T
        found: Floats = np.maximum(squares, 0.0)
        return found

    def _laid_out(self, points: Floats, values: list[Floats]) -> Floats:
        lengths = np.asarray(self.lengths)
        places = points / lengths
        places[:, :-1] *= np.sqrt(1 - _STEP)
        # Of two different choices, two columns differ by one each.
        marks = [
            (points[:, at, None] == known) * (np.sqrt(_STEP / 2) / lengths[at])
            for at, known in enumerate(values)
        ]
        return np.hstack([places, *marks])

    def diag(self, X: Floats) -> Floats:  # noqa: N803
        """Return ones."""
        return np.ones(len(X))

    def is_stationary(self) -> bool:
        """Return that only differences count."""
        return True


def _matern(root: Floats) -> Floats:
    found: Floats = (1 + root + root**2 / 3) * np.exp(-root)
    return found
