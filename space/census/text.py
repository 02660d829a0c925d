"""A census as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..architecture import Architecture
    from .values import Census, Count, Histogram, Share

_BAR = 40
_EXACT_BELOW = 10**12
"""Longer numbers are told in powers of ten."""


def text(census: Census) -> str:
    """Return a census as some lines for a person."""
    lines = [
        f"points        {_number(census.points)}, of which {_number(census.valid_points)} fit",
        f"networks      {_count(census.networks)}",
        f"in the limits {_count(census.kept)}: {_percent(census.share)} ({_limits(census)})",
        f"smallest      {_costs(census.smallest)}",
        f"largest       {_costs(census.largest)}",
    ]
    if census.where_share is not None:
        lines.append(f"where rule    keeps {_percent(census.where_share)} of the drawn networks")
    for cost in ("params", "macs"):
        lines += ["", *_histogram(cost, getattr(census, cost))]
    lines += ["", f"mean share of the costs, over {census.sampled:,} networks drawn"]
    lines += [_share(share) for share in census.shares]
    lines.append(f"{census.dominant.where} dominates the params")
    return "\n".join(lines) + "\n"


def _limits(census: Census) -> str:
    bounds = census.limits.to_dict().items()
    told = (
        f"{name} {bound[0]:,} to {'any' if bound[1] is None else f'{bound[1]:,}'}"
        if isinstance(bound, list)
        else f"{name} {bound:,}"
        for name, bound in bounds
    )
    return ", ".join(told) or "no limits"


def _count(count: Count) -> str:
    if count.exact:
        return _number(count.value)
    return (
        f"about {_number(count.value)} (± {_number(round(count.error))}, estimated from draws; "
        f"at most {_number(count.most)})"
    )


def _number(number: int) -> str:
    return f"{number:,}" if number < _EXACT_BELOW else f"{float(number):.3g}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _costs(network: Architecture) -> str:
    told = f"{network.params:,} params, {network.macs:,} macs"
    return f"{told}, {network.activation_bytes:,} activation bytes, depth {network.depth}"


def _histogram(cost: str, histogram: Histogram) -> list[str]:
    how = "counted" if histogram.exact else "estimated from draws"
    most = max(histogram.counts, default=0) or 1
    width = max(len(f"{edge:,}") for edge in histogram.edges)
    lines = [f"networks in the limits by {cost}, {how}"]
    for least, end, count in zip(
        histogram.edges, histogram.edges[1:], histogram.counts, strict=False
    ):
        bar = "#" * round(_BAR * count / most)
        lines.append(f"  {least:>{width},} to {end - 1:>{width},}  {bar} {_number(round(count))}")
    return lines


def _share(share: Share) -> str:
    params, macs = _percent(share.params), _percent(share.macs)
    return f"  {share.where:<10} {params:>7} of params, {macs:>7} of macs"
