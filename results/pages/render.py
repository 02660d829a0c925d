"""Templates filled with values; all text is escaped."""

from __future__ import annotations

import base64
import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..files import replaced
from ..marks import amount, percent, short_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def render(name: str, **values: Any) -> str:
    """Return a page: a template of this folder, filled."""
    return _environment().get_template(name).render(**values)


def write_page(page: str, path: Path) -> Path:
    """Write a page in one step and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


def picture(pixels: NDArray[np.uint8]) -> Markup:
    """Return an image (C, H, W) as a data URL: grey, or its first three channels as colours."""
    from PIL import Image  # noqa: PLC0415  a page without pictures does without

    channels = pixels[0] if len(pixels) < 3 else pixels[:3].transpose(1, 2, 0)
    buffer = io.BytesIO()
    Image.fromarray(channels).save(buffer, format="PNG")
    text = base64.b64encode(buffer.getvalue()).decode()
    return Markup(f"data:image/png;base64,{text}")  # noqa: S704  base64 holds nothing to escape


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
