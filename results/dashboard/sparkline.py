"""How a study's front grew, as small as a word."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import numpy as np
from dash import html

from .. import columns
from ..growth import growth_frame

if TYPE_CHECKING:
    from datetime import datetime

    from dash.development.base_component import Component

    from ..store import Store

_WIDTH, _HEIGHT = 96, 20
_POINTS: Final = 48
# Okabe and Ito's light blue, which shows on white and on black.
_SHAPE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    '<polyline fill="none" stroke="#2f8fd0" stroke-width="1.5" points="{points}"/></svg>'
)


def sparkline(store: Store, study: str, created: datetime, ended: int) -> Component | str:
    """Return the hypervolume of a study over its trials, empty before the second one.

    It is drawn anew when some two in a hundred more have ended: lists are looked at often.

    Args:
        store: Where the study stands.
        study: Its name.
        created: When it was, since names return.
        ended: How many trials have ended.
    """
    source = _drawn(store, study, created, round(50 * math.log1p(ended)))
    if source is None:
        return ""
    return html.Img(src=source, alt="hypervolume over trials", width=_WIDTH, height=_HEIGHT)


@lru_cache(maxsize=512)
def _drawn(store: Store, study: str, _created: datetime, _growth: int) -> str | None:
    record = store.study(study)
    growth = growth_frame(store, record.id, record.size)
    if len(growth) < 2:
        return None
    trials, volume = growth[columns.TRIALS_ENDED], growth[columns.HYPERVOLUME]
    seen = np.linspace(0, float(trials.iloc[-1]), _POINTS)
    rows = np.maximum(np.searchsorted(trials, seen, side="right") - 1, 0)
    heights = volume.to_numpy()[rows] / max(float(volume.iloc[-1]), 1e-9)
    pairs = zip(np.linspace(1, _WIDTH - 1, _POINTS), heights, strict=True)
    points = " ".join(f"{x:.1f},{_HEIGHT - 2 - y * (_HEIGHT - 4):.1f}" for x, y in pairs)
    svg = _SHAPE.format(width=_WIDTH, height=_HEIGHT, points=points)
    return "data:image/svg+xml," + quote(svg)
