"""Latency as the size of a study's networks, and the file that keeps what was measured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

from results.files import replaced
from space import Point

from ..algorithms.sizer import Sizer
from .model import errors, fit
from .timing import time_beside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from results import Store, StudyRecord
    from space import Architecture, SearchSpace
    from space.bulk import Costs

    from .model import LatencyModel

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

NETWORKS = 48
"""Networks that are measured before the search, at most."""
_DRAWS = 10


@final
class MeasuredLatency(Sizer):
    """Latency in milliseconds: measured for one network, predicted for many.

    What is measured is kept before it is used, so that a resumed study sees the same sizes.

    Args:
        path: The file of what was measured, by `_write`.
        trained: Latency of the trials so far, by fingerprint.
        space: The space.
        points: Those whose latency the predictions are made from.
    """

    def __init__(
        self, path: Path, trained: Mapping[str, float], space: SearchSpace, points: Sequence[Point]
    ) -> None:
        document = json.loads(path.read_text(encoding="utf-8"))
        self._path, self._reference_ms = path, float(document["reference_ms"])
        self._known: dict[str, float] = document["latency_ms"] | trained
        self._reference = _middle(space, points)
        sample = np.array(points, dtype=np.int64)
        latency = np.array([self.one(space.build(point)) for point in points])
        self._model: LatencyModel = fit(space, sample, latency)
        self.text = _text(latency, errors(space, sample, latency))

    def many(self, points: Ints, costs: Costs) -> Floats:
        """Return what the networks are expected to take, in milliseconds."""
        return self._model.predict(points, costs)

    def one(self, architecture: Architecture) -> float:
        """Return what a network takes, in milliseconds; it is measured when first asked for."""
        fingerprint = architecture.fingerprint
        if fingerprint not in self._known:
            multiple, _ = time_beside(architecture, self._reference)
            self._known[fingerprint] = multiple * self._reference_ms
            _write(self._path, self._reference_ms, self._known)
        return self._known[fingerprint]


def find_latency(
    space: SearchSpace, store: Store, study: StudyRecord, seed: int
) -> MeasuredLatency:
    """Return the latencies of a study: a sample of its space is measured where none was before."""
    path = store.folder(study.name) / "latency.json"
    points = _sample(space, seed)
    if not path.is_file():
        _measure(path, [space.build(point) for point in points], _middle(space, points))
    trials = store.trials(study.id)
    trained = {one.fingerprint: one.latency_ms for one in trials if one.latency_ms is not None}
    return MeasuredLatency(path, trained, space, points)


def _sample(space: SearchSpace, seed: int) -> list[Point]:
    """Return points of different networks, small ones as likely as large ones."""
    rng, found = np.random.default_rng((seed, NETWORKS)), dict[str, Point]()
    for _ in range(_DRAWS * NETWORKS):
        point = space.sample(rng, spread="log_params")
        found.setdefault(space.build(point).fingerprint, point)
        if len(found) == NETWORKS:
            break
    return list(found.values())


def _middle(space: SearchSpace, points: Sequence[Point]) -> Architecture:
    """Return the network of median macs: that which the others are timed beside."""
    macs = space.costs(np.array(points)).macs
    return space.build(points[int(np.argsort(macs, kind="stable")[len(points) // 2])])


def _measure(path: Path, networks: Sequence[Architecture], reference: Architecture) -> None:
    timed = [time_beside(each, reference) for each in networks]
    multiples, references = np.array(timed).T
    # The reference was timed beside each of them: the median is that of the whole while.
    own = float(np.median(references))
    latency = (multiples * own).tolist()
    named = zip(networks, latency, strict=True)
    _write(path, own, {each.fingerprint: found for each, found in named})


def _write(path: Path, reference_ms: float, known: Mapping[str, float]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"reference_ms": reference_ms, "latency_ms": known}
    with replaced(path) as temporary:
        temporary.write_text(json.dumps(document, indent=1), encoding="utf-8")


def _text(latency: Floats, off: Floats) -> str:
    median, most = np.quantile(off, (0.5, 0.9))
    took = f"{len(latency)} networks took {latency.min():.3g} to {latency.max():.3g} ms"
    return (
        f"{took} for one image, on one thread of this CPU; what others take is predicted, "
        f"off by {median:.1%} in the median and by {most:.1%} at most in nine of ten"
    )
