"""Images inside of pages: as data URLs, so that nothing else is asked for."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def png_url(content: bytes) -> str:
    """Return a PNG file as a data URL."""
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def pixels_url(pixels: NDArray[np.uint8]) -> str:
    """Return an image (C, H, W) as a data URL: grey, or its first three channels as colours."""
    from PIL import Image  # noqa: PLC0415  a page without pictures does without

    channels = pixels[0] if len(pixels) < 3 else pixels[:3].transpose(1, 2, 0)
    buffer = io.BytesIO()
    Image.fromarray(channels).save(buffer, format="PNG")
    return png_url(buffer.getvalue())
