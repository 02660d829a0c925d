"""Templates filled with values; all text is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..files import replaced
from ..marks import amount, percent, short_number


def render(name: str, **values: Any) -> str:
    """Return a page: a template of this folder, filled."""
    return _environment().get_template(name).render(**values)


def write_page(page: str, path: Path) -> Path:
    """Write a page in one step and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": _percent,
        "short": short_number,
        "amount": amount,
        "margin": _margin,
    }
    return environment


def _percent(value: float | None) -> str:
    return "" if value is None or value != value else percent(value)  # noqa: PLR0124  nan


def _margin(value: float | None) -> str:
    return "" if value is None or value != value else f"± {100 * value:.2f}"  # noqa: PLR0124  nan
