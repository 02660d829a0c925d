"""The trials that no other beats on both accuracy and size, and how much they cover."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import moocore
import numpy as np

from space.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_MAXIMISE = (True, False)


def is_front(accuracy: ArrayLike, size: ArrayLike) -> NDArray[np.bool_]:
    """Return which trials are on the front: accuracy is maximised, size is minimised.

    A trial is off the front if another has at least its accuracy at no larger size and is strictly
    better in one of the two. Of equal trials all are kept; one with a nan is never on the front.

    Args:
        accuracy: Fractions of shape (N,).
        size: Any cost, of shape (N,).

    Returns:
        A mask of shape (N,).
    """
    points = _points(accuracy, size)
    known = ~np.isnan(points).any(axis=1)
    mask = np.zeros(len(points), dtype=np.bool_)
    if known.any():
        kept = moocore.is_nondominated(points[known], maximise=_MAXIMISE, keep_weakly=True)
        mask[known] = kept
    return mask


def hypervolume(
    accuracy: ArrayLike,
    size: ArrayLike,
    *,
    reference_accuracy: float = 0.0,
    reference_size: float | None = None,
    log: bool = False,
) -> float:
    """Return the area between the front and a reference point; more is better.

    The reference point is accuracy 0 and the largest finite size given. Areas can only be compared
    at the same reference, so pass ``reference_size`` (a study's limit, for example) to compare
    sets of trials. Trials beyond the reference, and those with a nan, add nothing.

    Args:
        accuracy: Fractions of shape (N,).
        size: Any cost, of shape (N,).
        reference_accuracy: The accuracy below which a trial counts for nothing.
        reference_size: The size above which a trial counts for nothing.
        log: Measure size by ``log10(size) / log10(reference_size)``, so that the area is the share,
            in [0, 1], of the rectangle from size 1 to the reference. Otherwise the area is in
            units of accuracy times size.

    Raises:
        InputError: ``log`` with a size under 1, or a reference size not above 1.
    """
    points = _points(accuracy, size)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return 0.0
    limit = float(points[:, 1].max()) if reference_size is None else float(reference_size)
    if log:
        points[:, 1] = _log_share(points[:, 1], limit)
    reference = (reference_accuracy, 1.0 if log else limit)
    return float(moocore.hypervolume(points, ref=reference, maximise=_MAXIMISE))


def _points(accuracy: ArrayLike, size: ArrayLike) -> NDArray[np.float64]:
    columns: list[Any] = [np.asarray(values, dtype=np.float64) for values in (accuracy, size)]
    if columns[0].ndim != 1 or columns[0].shape != columns[1].shape:
        shapes = f"{columns[0].shape} and {columns[1].shape}"
        raise InputError("accuracy, size", "both must be flat and equally long", shapes)
    return np.column_stack(columns)


def _log_share(size: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    if limit <= 1 or size.min() < 1:
        told = f"sizes from {size.min():g}, reference {limit:g}"
        raise InputError("size", "on a log scale sizes must be >= 1 and their reference > 1", told)
    return np.log10(size) / math.log10(limit)
