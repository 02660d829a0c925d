"""Stop a trial when it will hardly reach the front at its own size."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

from .rule import Curve, Stop, StoppingRule

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = npt.NDArray[np.float64]

RISK = 0.05
"""The largest chance to reach the front after all that a stopped trial may have."""
LEAST = 10
"""Whole curves that are needed before anything is extrapolated."""
_FADED = 5
"""Curves of other lengths than the numbers of the model; one of them counts as so many."""


@final
class Reaching(StoppingRule):
    """Extrapolates a curve and compares what it may reach with the front at the trial's size.

    The last accuracy is a line in the present accuracy, the best so far, the mean of the later half
    of the curve, and the logarithm of size, fitted to the whole curves of the study (in the manner
    of Baker et al. 2017, "Accelerating neural architecture search using performance prediction").
    How far it may be off is told by leaving out each curve in turn, with Student's distribution.
    """

    def __init__(self, epochs: int, risk: float = RISK) -> None:
        self._epochs, self._risk = epochs, risk
        self._curves: dict[int, Curve] = {}

    def judge(self, number: int, size: float, epoch: int, accuracy: float) -> Stop | None:
        """Return a stop where the chance of reaching the front is below the risk."""
        curve = self._curves.setdefault(number, Curve(size))
        curve.add(epoch, accuracy)
        whole = [one for one in self._curves.values() if len(one.accuracies) == self._epochs]
        if epoch == self._epochs or len(whole) < LEAST:
            return None
        needed = max((one.accuracies[-1] for one in whole if one.size <= size), default=-np.inf)
        expected, spread = _extrapolate(whole, curve, epoch)
        if not needed > expected or _chance(needed, expected, spread, len(whole)) > self._risk:
            return None
        return Stop(
            f"epoch {epoch}: needs {needed:.4f} at {size:,.0f}, "
            f"expected {expected:.4f} ± {spread:.4f}",
            expected,
        )


def _features(curves: Sequence[Curve], epoch: int) -> Floats:
    """Return a one, and what a curve says until an epoch, for each curve (n, 5)."""
    begun = np.array([one.accuracies[:epoch] for one in curves])
    later, best = begun[:, epoch // 2 :].mean(axis=1), begun.max(axis=1)
    sizes = np.log([one.size for one in curves])
    return np.column_stack([np.ones(len(curves)), begun[:, -1], best, later, sizes])


def _extrapolate(whole: Sequence[Curve], curve: Curve, epoch: int) -> tuple[float, float]:
    """Return the expected last accuracy of a curve, and the standard deviation of its error."""
    known, ends = _features(whole, epoch), np.array([one.accuracies[-1] for one in whole])
    # Columns on one scale, with a touch of ridge for columns that say the same.
    centre, scale = known[:, 1:].mean(axis=0), known[:, 1:].std(axis=0) + 1e-9
    known[:, 1:] = (known[:, 1:] - centre) / scale
    inverse = np.linalg.inv(known.T @ known + 1e-2 * np.eye(known.shape[1]))
    weights = inverse @ known.T @ ends
    leverage = np.einsum("ij,jk,ik->i", known, inverse, known)
    errors = (ends - known @ weights) / np.maximum(1 - leverage, 0.1)
    new = _features([curve], epoch)[0]
    new[1:] = (new[1:] - centre) / scale
    off = np.sqrt(np.mean(errors**2) * (1 + new @ inverse @ new))
    return float(new @ weights), float(off)


def _chance(needed: float, expected: float, spread: float, curves: int) -> float:
    from scipy.stats import t  # noqa: PLC0415  scipy loads slowly

    return float(t.sf((needed - expected) / max(spread, 1e-9), max(curves - _FADED, 1)))
