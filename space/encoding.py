"""Points as features for a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from .bulk import cost_points, walk
from .errors import InputError, closest
from .language import NO_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .lattice.graph import Ints, Level
    from .lattice.tables import Floats
    from .search_space import SearchSpace

Encoding: TypeAlias = Literal["ordinal", "one_hot", "shape"]
ENCODINGS = ("ordinal", "one_hot", "shape")


def feature_names(space: SearchSpace, kind: Encoding) -> tuple[str, ...]:
    """Return what stands in each column of an encoding."""
    if kind not in ENCODINGS:
        raise InputError("kind", "the encoding must be known", kind, closest(kind, ENCODINGS))
    if kind == "ordinal":
        return tuple(dimension.name for dimension in space.dimensions)
    if kind == "one_hot":
        return tuple(f"{each.name}={label}" for each in space.dimensions for label in each.labels)
    stages = range(len(space.stages))
    each = (f"stages[{stage}].{what}" for stage in stages for what in ("channels", "side"))
    return ("log2 params", "log2 macs", "depth", "receptive field", *each)


def encode(space: SearchSpace, levels: Sequence[Level], points: Ints, kind: Encoding) -> Floats:
    """Return the features (n, f) of points (n, d), named by `feature_names`."""
    names = feature_names(space, kind)
    if kind == "shape":
        return _shapes(levels, points)
    sizes = [len(dimension.choices) for dimension in space.dimensions]
    if kind == "ordinal":
        return points / (np.array(sizes) - 1.0) if sizes else np.zeros((len(points), 0))
    features = np.zeros((len(points), len(names)))
    firsts = np.cumsum([0, *sizes[:-1]])[: len(sizes)]
    np.put_along_axis(features, points + firsts, 1.0, axis=1)
    return features


def _shapes(levels: Sequence[Level], points: Ints) -> Floats:
    costs = cost_points(levels, NO_LIMITS, points)
    extent, stride = (np.ones(len(points), dtype=np.int64) for _ in range(2))
    columns = []
    for (level, edge), after in zip(walk(levels, points), [*levels[1:], None], strict=True):
        own = level.reach.take(edge, axis=0, mode="wrap")
        extent = extent + (own[:, 0] - 1) * stride
        stride = stride * own[:, 1]
        if after is not None and after.step.where != level.step.where:
            shapes = np.array([node.shape for node in after.nodes])
            behind = shapes.take(level.target.take(edge, mode="wrap"), axis=0)
            columns += [behind[:, 0], behind[:, 1]]
    scaled = [np.log2(np.maximum(each, 1)) for each in (costs.params, costs.macs)]
    features = np.column_stack([*scaled, costs.depth, extent, *columns]).astype(np.float64)
    features[~costs.valid] = np.nan
    return features
