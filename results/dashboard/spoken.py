"""What a screen reader is told."""

from __future__ import annotations

from typing import Any, Final

HIDDEN: Final[dict[str, Any]] = {"aria-hidden": "true"}
"""Of what only decorates."""
LIVE: Final[dict[str, Any]] = {"aria-live": "polite"}
"""Of what tells how an action went."""


def label(text: str) -> dict[str, Any]:
    """Return what a part of the page is called."""
    return {"aria-label": text}
