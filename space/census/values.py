"""A census as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from ..architecture import Architecture
    from ..language import Limits


@final
@dataclass(frozen=True, slots=True)
class Count:
    """A number of networks, exact or estimated."""

    value: int
    """The number, or the estimate of it."""
    exact: bool
    most: int
    """What the number does not pass; the number itself where it is exact."""
    error: float = 0.0
    """The standard error of the estimate."""


@final
@dataclass(frozen=True, slots=True)
class Histogram:
    """How many networks inside the limits cost how much."""

    edges: tuple[int, ...]
    """The least cost of each bin, and then the end of the last, which is not in it."""
    counts: tuple[float, ...]
    exact: bool
    """Whether networks are counted; else sampled ones are scaled up to all."""


@final
@dataclass(frozen=True, slots=True)
class Share:
    """What a stage or the head has of the costs, as the mean over networks inside the limits."""

    where: str
    """``stages[0]`` and so on, and ``head``."""
    params: float
    macs: float


@final
@dataclass(frozen=True, slots=True)
class Census:
    """What a space holds: points, networks, and what they cost."""

    points: int
    """One choice for each dimension: the product of what the dimensions offer."""
    valid_points: int
    """Those whose layers fit, limits apart."""
    networks: Count
    """Distinct networks that fit, limits apart."""
    kept: Count
    """Distinct networks inside the limits."""
    limits: Limits
    smallest: Architecture
    """The network with the fewest params, limits apart."""
    largest: Architecture
    """The network with the most params, limits apart."""
    params: Histogram
    macs: Histogram
    shares: tuple[Share, ...]
    sampled: int
    """How many networks inside the limits were drawn for the shares and for estimates."""
    where_share: float | None
    """The share of the drawn networks that the `where` rule keeps; None without such a rule."""

    @property
    def share(self) -> float:
        """The share of the networks that the limits keep."""
        return self.kept.value / max(self.networks.value, 1)

    @property
    def dominant(self) -> Share:
        """The stage, or the head, with the largest share of the params."""
        return max(self.shares, key=lambda share: share.params)
