"""What earlier studies say of a network, as far as they agree with what is told here."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np
import numpy.typing as npt
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Kernel

from .judge import Told, View, find_view, most_useful
from .model import TINY, Surrogate, accuracy_of, log_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..earlier import Earlier
    from .model import Model

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

_MOST = 120
"""Networks of an earlier study that are used, at most."""
_ALIKE, _NOISES = (0.4, 0.7, 0.9), (0.1, 0.3, 1.0)
"""Correlations with an earlier study, and variances of its own noise, that are tried."""
_CLEARLY = 2.0
"""How much more likely, as a logarithm, a study must make what was told, to be used."""
_FLATTEST = 0.3
"""The least spread of the networks here among those there."""


@final
class SharedKernel(Kernel):  # type: ignore[misc]  # scikit-learn ships no types
    """One kernel for networks of several studies, the number of the study in the last column.

    Between a network here (study 0) and one of study k it is multiplied by ``alike[k]``, between
    studies j and k by both: what all have in common, in different shares (an intrinsic model of
    coregionalization: Bonilla et al. 2008, "Multi-task Gaussian process prediction", section 2).
    ``noise`` is the variance that trainings of each study have beyond that of those here.
    """

    def __init__(self, base: Any, alike: Floats, noise: Floats) -> None:
        self.base, self.alike, self.noise = base, alike, noise

    def __call__(self, X: Floats, Y: Floats | None = None, eval_gradient: bool = False) -> Any:  # noqa: N803
        """Return the kernel (n, m); its parameters are found elsewhere, so no gradient."""
        other = X if Y is None else Y
        mine, its = (rows[:, -1].astype(np.int64) for rows in (X, other))
        shared = np.outer(self.alike[mine], self.alike[its])
        shared[mine[:, None] == its] = 1.0
        value = self.base(X[:, :-1], other[:, :-1]) * shared
        if Y is None:
            value[np.diag_indices_from(value)] += self.noise[mine]
        return (value, np.zeros((*value.shape, 0))) if eval_gradient else value

    def diag(self, X: Floats) -> Floats:  # noqa: N803
        """Return the diagonal."""
        found: Floats = self.base.diag(X[:, :-1]) + self.noise[X[:, -1].astype(np.int64)]
        return found

    def is_stationary(self) -> bool:
        """Return that places count: those of studies."""
        return False


@final
class Sharing:
    """The networks of earlier studies beside those of this one.

    Args:
        earlier: The studies.
        encode: From points to choices between 0 and 1.
    """

    def __init__(self, earlier: Sequence[Earlier], encode: Callable[[Ints], Floats]) -> None:
        self._studies = [_Study(one, encode) for one in earlier]

    def model(self, told: Told, view: View) -> Model:
        """Return how models are made under a view, with the shares that explain what was told best.

        Study after study, the correlation and the noise are taken under which what was told here
        is most likely, given what was told there; where that is not clearly more than without
        the study, it counts for nothing. So a study that has nothing to do with this one costs
        little.
        """
        told = told.part(most_useful(told, _MOST))
        best, shares = view.kernel, [(0.0, 0.0)] * len(self._studies)
        most = self._likelihood(told, view, best, shares) + _CLEARLY
        for number, study in enumerate(self._studies):
            for kernel, share in product((best, study.view.kernel), product(_ALIKE, _NOISES)):
                tried = [*shares[:number], share, *shares[number + 1 :]]
                found = self._likelihood(told, view, kernel, tried)
                if found > most:
                    most, best, shares = found, kernel, tried
        if not any(alike for alike, _ in shares):
            return Surrogate
        return partial(self._made, view, best, shares)

    def _made(
        self, view: View, kernel: Any, shares: list[tuple[float, float]], *given: Any
    ) -> Surrogate:
        features, accuracy, _, spread = given
        rows, told = self._rows(features, accuracy, view, shares)
        spreads = np.append(spread, np.zeros(len(told) - len(accuracy)))
        return Surrogate(rows, told, _joint(kernel, shares), spreads, own=len(accuracy))

    def _likelihood(
        self, told: Told, view: View, kernel: Any, shares: list[tuple[float, float]]
    ) -> float:
        """Return the logarithm of how likely what was told is, given the earlier studies."""
        features = view.features(told.points, told.log_size)
        rows, accuracy = self._rows(features, told.accuracy, view, shares)
        joint, own, errors = _joint(kernel, shares), len(told.accuracy), log_error(accuracy)
        values = (errors - errors[:own].mean()) / (errors[:own].std() + TINY)
        found = _evidence(joint, rows, values)
        return found - (_evidence(joint, rows[own:], values[own:]) if len(values) > own else 0.0)

    def _rows(
        self, features: Floats, accuracy: Floats, view: View, shares: list[tuple[float, float]]
    ) -> tuple[Floats, Floats]:
        """Return the networks told here and those of the studies that count, with their studies."""
        rows, values = [np.column_stack([features, np.zeros(len(features))])], [accuracy]
        for number, (study, (alike, _)) in enumerate(zip(self._studies, shares, strict=True), 1):
            if alike:
                there = view.features(study.told.points, study.told.log_size)
                rows.append(np.column_stack([there, np.full(len(there), number)]))
                values.append(study.seen_from(features, accuracy, view))
        return np.vstack(rows), np.concatenate(values)


@final
class _Study:
    """An earlier study with a model of its own."""

    def __init__(self, earlier: Earlier, encode: Callable[[Ints], Floats]) -> None:
        whole = Told(
            earlier.points,
            np.log(earlier.size)[:, None],
            earlier.accuracy,
            np.zeros(len(earlier.size)),
        )
        self.told = whole.part(most_useful(whole, _MOST))
        self.view = find_view(self.told, encode)
        features = self.view.features(self.told.points, self.told.log_size)
        self._model = Surrogate(features, self.told.accuracy, self.view.kernel)

    def seen_from(self, features: Floats, accuracy: Floats, view: View) -> Floats:
        """Return accuracies on the scale of networks told elsewhere, by what those promise here."""
        moved = features.copy()
        moved[:, -1] = (features[:, -1] * view.width + view.low - self.view.low) / self.view.width
        promised, _ = self._model.predict(moved)
        here, there, found = map(log_error, (accuracy, promised, self.told.accuracy))
        scale = max(float(there.std()), _FLATTEST * float(found.std())) + TINY
        return accuracy_of((found - there.mean()) / scale * here.std() + here.mean())


def _joint(kernel: Any, shares: list[tuple[float, float]]) -> Any:
    alike, noise = np.array([(1.0, 0.0), *shares]).T
    return SharedKernel(kernel.k1, alike, noise) + kernel.k2


def _evidence(kernel: Any, rows: Floats, values: Floats) -> float:
    process = GaussianProcessRegressor(kernel, alpha=1e-6, optimizer=None).fit(rows, values)
    return float(process.log_marginal_likelihood_value_)
