"""The trials that no other beats on accuracy and size, or two sizes, and how much they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import moocore
import numpy as np

from space.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def is_front(accuracy: ArrayLike, size: ArrayLike) -> NDArray[np.bool_]:
    """Return which trials are on the front: accuracy is maximised, size is minimised.

    A trial is off the front if another has at least its accuracy at no larger size and is strictly
    better in one of them. Of equal trials all are kept; one with a nan is never on the front.

    Args:
        accuracy: Fractions of shape (N,).
        size: Any cost, of shape (N,), or two of them, of shape (N, 2).

    Returns:
        A mask of shape (N,).
    """
    points = _points(accuracy, size)
    known = ~np.isnan(points).any(axis=1)
    mask = np.zeros(len(points), dtype=np.bool_)
    if known.any():
        kept = moocore.is_nondominated(points[known], maximise=_best(points), keep_weakly=True)
        mask[known] = kept
    return mask


def hypervolume(
    accuracy: ArrayLike,
    size: ArrayLike,
    *,
    reference_accuracy: float = 0.0,
    reference_size: ArrayLike | None = None,
    log: bool = False,
) -> float:
    """Return the area between the front and a reference point; more is better.

    With two sizes it is a volume.

    The reference point is accuracy 0 and the largest finite size given. Areas can only be compared
    at the same reference, so pass ``reference_size`` (a study's limit, for example) to compare
    sets of trials. Trials beyond the reference, and those with a nan, add nothing.

    Args:
        accuracy: Fractions of shape (N,).
        size: Any cost, of shape (N,), or two of them, of shape (N, 2).
        reference_accuracy: The accuracy below which a trial counts for nothing.
        reference_size: The size above which a trial counts for nothing; one for each size.
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
    sizes = points[:, 1:]
    limits = np.asarray(sizes.max(axis=0) if reference_size is None else reference_size, float)
    limits = np.broadcast_to(limits, sizes.shape[1:])
    if log:
        points[:, 1:] = _log_share(sizes, limits)
        limits = np.ones_like(limits)
    reference = (reference_accuracy, *limits)
    return float(moocore.hypervolume(points, ref=reference, maximise=_best(points)))


def _best(points: NDArray[np.float64]) -> list[bool]:
    """Return what is maximised: accuracy, the first column."""
    return [column == 0 for column in range(points.shape[1])]


def _points(accuracy: ArrayLike, size: ArrayLike) -> NDArray[np.float64]:
    accuracies: Any = np.asarray(accuracy, dtype=np.float64)
    sizes: Any = np.asarray(size, dtype=np.float64)
    if accuracies.ndim != 1 or sizes.ndim not in {1, 2} or len(accuracies) != len(sizes):
        shapes = f"{accuracies.shape} and {sizes.shape}"
        raise InputError(
            "accuracy, size",
            "accuracy must be flat, size too or pairs, and both equally long",
            shapes,
        )
    return np.column_stack([accuracies, sizes])


def _log_share(size: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.float64]:
    if (limits <= 1).any() or size.min() < 1:
        told = f"sizes from {size.min():g}, reference {', '.join(f'{each:g}' for each in limits)}"
        raise InputError("size", "on a log scale sizes must be >= 1 and their reference > 1", told)
    return np.log10(size) / np.log10(limits)
