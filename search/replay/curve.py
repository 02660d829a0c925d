"""How the hypervolume grows with the networks that were trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

ROUNDING = 1e-12
"""Sums of the same steps in another order differ in their last bits."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A share of the true front's hypervolume, and what it took; None where it was not reached."""

    share: float
    networks: int | None
    epochs: int | None = None


def networks_to(
    shares: Sequence[float], whole: float, volume: npt.ArrayLike, epochs: Iterable[int] = ()
) -> list[Reached]:
    """Return how many networks it took to each share of a whole hypervolume.

    Args:
        shares: Fractions of ``whole``.
        whole: The hypervolume of the true front.
        volume: The hypervolume after each network, as `results.growth.volumes` gives it.
        epochs: The epochs spent until then, in the same order.
    """
    grown, spent = np.asarray(volume), list(epochs)
    found = []
    for share in shares:
        place = int(np.searchsorted(grown, share * whole * (1 - ROUNDING)))
        if place == len(grown):
            found.append(Reached(share, None))
        else:
            found.append(Reached(share, place + 1, spent[place] if spent else None))
    return found
