"""A comparison as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import columns
from ..drawing import drawing
from ..images import pixels_url
from .charts import curves_chart
from .render import render, write_page

if TYPE_CHECKING:
    from pathlib import Path

    from ..comparing import Comparison
    from ..study import Study


def comparison_page(study: Study, comparison: Comparison) -> str:
    """Return a comparison as one HTML page that needs nothing else."""
    numbers = [int(number) for number in comparison.trials[columns.NUMBER]]
    return render(
        "comparison.html",
        title=f"{comparison.study}: trials {', '.join(map(str, numbers))}",
        comparison=comparison,
        trials=comparison.trials.to_dict("records"),
        drawings={number: drawing(study.architecture(number)) for number in numbers},
        curves=curves_chart(comparison.curves, numbers),
        picture=pixels_url,
    )


def write_comparison(study: Study, comparison: Comparison, path: Path) -> Path:
    """Write the page of a comparison and return its path."""
    return write_page(comparison_page(study, comparison), path)
