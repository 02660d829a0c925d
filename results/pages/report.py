"""A study as a page for a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from .. import columns
from ..drawing import drawing
from ..finals import CONFIRMED, DEMOTED, TIED
from ..marks import CAPTIONS
from ..schema import FINISHED, TEST
from .charts import curves_chart, front_chart
from .render import render, write_page

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from ..study import Study

DRAWN: Final = 6
"""How many networks are drawn: the most accurate that are left."""

LISTED: Final = 500
"""How many trials are listed: the most accurate."""


def report_page(study: Study) -> str:
    """Return a study as one HTML page that needs nothing else.

    It shows the front with the intervals of the finals, learning curves, the best networks drawn,
    trials, settings and environment.
    """
    record, trials, finalists = study.record, study.trials(), study.finalists()
    front = study.front()
    best = _best(front, finalists)
    finals = study.finals()
    tests = finals[(finals[columns.STAGE] == TEST) & (finals[columns.STATE] == FINISHED)]
    ordered = trials.sort_values(columns.ACCURACY, ascending=False, kind="stable")
    return render(
        "report.html",
        title=f"{record.name}: accuracy for its size",
        study=record,
        size=record.size,
        size_caption=CAPTIONS[record.size],
        counts=_counts(trials, front, finalists),
        front=_told(front),
        finalists=_told(finalists),
        opened=tests[columns.ENDED].max() if len(tests) else None,
        best=[_with_drawing(study, row) for row in best],
        chart=front_chart(trials, record.size, finalists),
        curves=curves_chart(study.epochs(), [row[columns.NUMBER] for row in best]),
        trials=_told(ordered.head(LISTED)),
        left_out=max(0, len(trials) - LISTED),
        job=yaml.safe_dump(record.job, sort_keys=False, allow_unicode=True),
        starts=study.store.environments(record.id),
    )


def write_report(study: Study, path: Path) -> Path:
    """Write the page of a study and return its path."""
    return write_page(report_page(study), path)


def _best(front: pd.DataFrame, finalists: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the most accurate members of the front that were not demoted, the largest first."""
    kept = front[front[columns.VERDICT] != DEMOTED]
    tested = finalists[[columns.NUMBER, columns.TEST_N, columns.TEST_MEAN, columns.TEST_MARGIN]]
    joined = kept.merge(tested, on=columns.NUMBER, how="left")
    return _told(joined.tail(DRAWN).iloc[::-1])


def _told(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows for a template: what is missing is None."""
    objects = frame.astype(object)
    known = objects.where(objects.notna(), None)
    return [dict(zip(known.columns, row, strict=True)) for row in known.itertuples(index=False)]


def _with_drawing(study: Study, row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "drawing": drawing(study.architecture(row[columns.NUMBER]))}


def _counts(trials: pd.DataFrame, front: pd.DataFrame, finalists: pd.DataFrame) -> dict[str, int]:
    states = trials[columns.STATE].value_counts()
    verdicts = finalists[columns.VERDICT].value_counts()
    words = (CONFIRMED, TIED, DEMOTED)
    return {
        "trials": len(trials),
        "epochs": int(trials[columns.EPOCHS].sum()),
        "stopped": int(states.get("stopped", 0)),
        "failed": int(states.get("failed", 0)),
        "front": len(front),
        **{word: int(verdicts.get(word, 0)) for word in words},
    }
