"""Packages that only some bridges need."""

from __future__ import annotations

from space.errors import InputError


def missing(extra: str) -> InputError:
    """Return what a bridge says whose package is not installed; ``extra`` brings it."""
    rule = f"the package `{extra}` must be installed for {extra}:"
    return InputError("TO", rule, "none", f"Install it: pip install 'sizewise[{extra}]'.")
