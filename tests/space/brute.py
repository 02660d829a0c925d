"""What a space holds, by trying every point of it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from space import Architecture, InfeasibleError, Point, SearchSpace

COSTS = ("params", "macs", "activation_bytes", "weight_bytes", "depth")


def every(space: SearchSpace) -> dict[Point, Architecture]:
    """Build every canonical point of a space, whatever its limits."""
    built = {}
    for point in product(*(range(len(dimension.choices)) for dimension in space.dimensions)):
        try:
            architecture = space.build_freely(point)
        except InfeasibleError:
            continue
        lowest = space.canonical(point)
        assert lowest <= point
        assert space.canonical(lowest) == lowest
        if lowest == point:
            built[point] = architecture
        else:
            assert architecture.fingerprint == built[lowest].fingerprint
    return built


def limited(space: SearchSpace, limits: dict[str, Any]) -> SearchSpace:
    kept = {"input_shape": space.input_shape, "classes": space.classes}
    return SearchSpace.from_dict(space.to_dict(), **kept, limits=limits)


def inside(architecture: Architecture, limits: dict[str, Any]) -> bool:
    return all(
        (least or 0) <= getattr(architecture, cost) <= (most or np.inf)
        for cost, (least, most) in limits.items()
    )


@st.composite
def limits_around(draw: st.DrawFn, architectures: list[Architecture]) -> dict[str, Any]:
    """Bounds on some costs, around values that some architecture has, tight ones too."""
    names = draw(st.lists(st.sampled_from(COSTS), min_size=1, max_size=3, unique=True))
    limits = {}
    for name in names:
        values = sorted({getattr(architecture, name) for architecture in architectures})
        ends = sorted(draw(st.tuples(*[st.sampled_from(values)] * 2)))
        limits[name] = draw(st.sampled_from([ends, [0, ends[1]], [ends[0], None]]))
    return limits
