"""Points from outside: their indices checked, their labels read and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .errors import InputError, closest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from .dimensions import Dimension, Point
    from .lattice.graph import Ints


class OptunaTrial(Protocol):
    """What is needed of an Optuna trial."""

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """Return one of the choices."""


def check_point(dimensions: Sequence[Dimension], point: Sequence[int]) -> Point:
    """Return the point as a tuple, or raise where it does not belong to the dimensions."""
    if len(point) != len(dimensions):
        raise InputError("point", f"it must hold {len(dimensions)} indices", tuple(point))
    settled = tuple(map(int, point))
    for place, (index, dimension) in enumerate(zip(settled, dimensions, strict=True)):
        last = len(dimension.choices) - 1
        if not 0 <= index <= last:
            rule = f"{dimension.name} has the indices 0 to {last}"
            raise InputError(f"point[{place}]", rule, index)
    return settled


def check_points(dimensions: Sequence[Dimension], points: npt.ArrayLike) -> Ints:
    """Return the points as an array (n, d), or raise where one does not belong."""
    array = np.asarray(points)
    if array.ndim != 2 or array.shape[1] != len(dimensions) or array.dtype.kind not in "iu":
        rule = f"the points must be whole numbers in an array (n, {len(dimensions)})"
        raise InputError("points", rule, (array.dtype.name, array.shape))
    sizes = np.array([len(dimension.choices) for dimension in dimensions], dtype=np.int64)
    wrong = np.flatnonzero(((array < 0) | (array >= sizes)).any(axis=1))
    if len(wrong):
        check_point(dimensions, array[wrong[0]])
    return array.astype(np.int64, copy=False)


def read_labels(dimensions: Sequence[Dimension], labels: Mapping[str, Any]) -> Point:
    """Return the point of a label for each dimension.

    Raises:
        InputError: A dimension is missing or not known, or a label is none of its own.
    """
    names = [dimension.name for dimension in dimensions]
    for name in labels:
        if name not in names:
            rule = "the dimension must be known"
            raise InputError(str(name), rule, name, closest(name, names))
    return tuple(_place(each, labels) for each in dimensions)


def write_labels(dimensions: Sequence[Dimension], point: Point) -> dict[str, str | int | float]:
    """Return the label that a point chooses in each dimension."""
    pairs = zip(dimensions, point, strict=True)
    return {dimension.name: dimension.labels[place] for dimension, place in pairs}


def suggest_labels(dimensions: Sequence[Dimension], trial: OptunaTrial) -> dict[str, Any]:
    """Return the label that an Optuna trial suggests for each dimension, in order."""
    return {each.name: trial.suggest_categorical(each.name, each.labels) for each in dimensions}


def _place(dimension: Dimension, labels: Mapping[str, Any]) -> int:
    if dimension.name not in labels:
        raise InputError(dimension.name, "every dimension must have a label", None)
    label = labels[dimension.name]
    if label not in dimension.labels:
        known = ", ".join(map(str, dimension.labels))
        raise InputError(dimension.name, f"the label must be one of {known}", label)
    return dimension.labels.index(label)
