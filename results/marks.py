"""What the pictures of a study share: which trial is drawn how, in colours that all can tell apart.

The colours are those of Okabe and Ito, "Color Universal Design" (2008); each kind of trial also has
a shape of its own, so that nothing hangs on colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from . import columns
from .frames import front_mask
from .front import is_front

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

INK: Final = "#1f2933"
SOFT: Final = "#6b7785"
GRID: Final = "#e6eaee"
ACCENT: Final = "#0072b2"
# Okabe and Ito, "Color Universal Design" (2008), without black and yellow.
LINES: Final = (ACCENT, "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""What tells lines apart besides `LINES`, as Plotly names it."""

CAPTIONS: Final = {
    columns.PARAMS: "parameters",
    columns.MACS: "multiply-adds of one image",
    columns.ACTIVATION_BYTES: "peak activation memory of one image, bytes",
    columns.WEIGHT_BYTES: "memory of the weights, bytes",
    columns.LATENCY_MS: "time for one image, ms",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How trials of one kind are drawn: in Plotly by ``symbol``, in matplotlib by ``marker``.

    ``face`` and ``edge`` are colours, or ``none``; the diameter is in points.
    """

    name: str
    symbol: str
    marker: str
    face: str
    edge: str
    diameter: float
    opacity: float

    @property
    def colour(self) -> str:
        """The colour that tells this kind from the others."""
        return self.edge if self.face == NOTHING else self.face


Kinds = dict[Mark, "NDArray[np.bool_]"]
"""Which trials of a frame are of each kind."""

NOTHING: Final = "none"
_WHOLE: Final = 100
FRONT: Final = Mark("on the front", "circle", "o", ACCENT, "white", 9.0, 1.0)
DOMINATED: Final = Mark("dominated", "circle", "o", "#8a97a5", NOTHING, 5.5, 0.45)
STOPPED: Final = Mark("stopped early", "triangle-down-open", "v", NOTHING, "#e69f00", 6.0, 0.55)
RUNNING: Final = Mark("running", "diamond-open", "D", NOTHING, "#009e73", 6.5, 0.95)
CONFIRMED: Final = Mark("confirmed", "circle", "o", ACCENT, "white", 9.0, 1.0)
TIED: Final = Mark("tied", "circle-open", "o", NOTHING, ACCENT, 8.0, 1.0)
RACING: Final = Mark("racing", "circle", "o", "#56b4e9", "white", 9.0, 1.0)
ONCE: Final = Mark("trained once", "circle", "o", "#8a97a5", NOTHING, 5.5, 0.45)
DEMOTED: Final = Mark("demoted", "square-open", "s", NOTHING, "#cc79a7", 7.5, 1.0)
FAILED: Final = Mark("failed", "x", "X", "#d55e00", NOTHING, 6.5, 0.95)


def placed(frame: pd.DataFrame, size: str) -> pd.DataFrame:
    """Return the trials that have a place in a picture: all but those whose size is not known."""
    return frame[frame[size].notna()]


ON_FRONT: Final = (FRONT, CONFIRMED, TIED, RACING)
"""The kinds that the staircase of the front goes through."""
JUDGED: Final = (*ON_FRONT, DEMOTED)
"""The kinds that are few and matter most."""


def judged(frame: pd.DataFrame, finalists: pd.DataFrame | None) -> pd.DataFrame:
    """Return trials as the finals see them: finalists at the mean of their fresh trainings.

    Args:
        frame: As `results.frames.trials_frame` gives it.
        finalists: As `Study.finalists` gives it; None or empty before any finals.
    """
    if finalists is None or finalists.empty:
        return frame
    told = [columns.NUMBER, columns.VERDICT, columns.VALIDATION_MEAN, columns.VALIDATION_MARGIN]
    joined = frame.merge(finalists[told], on=columns.NUMBER, how="left")
    repeated = joined[columns.VALIDATION_MEAN]
    return joined.assign(**{columns.ACCURACY: repeated.fillna(joined[columns.ACCURACY])})


def margins(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Return half the width of the interval of each trial's accuracy, 0 where none is known."""
    if columns.VALIDATION_MARGIN not in frame:
        return np.zeros(len(frame))
    return frame[columns.VALIDATION_MARGIN].fillna(0.0).to_numpy(dtype=np.float64)


def marked(frame: pd.DataFrame, size: str) -> Kinds:
    """Return which trials are of each kind that occurs, in the order in which they are drawn.

    Where the finals have judged, the front consists of those that they left.

    All but the failed have an accuracy; a failed one's place is the floor of the picture, since
    what it had reached says nothing about its network.
    """
    state, known = frame[columns.STATE], frame[columns.ACCURACY].notna().to_numpy()
    finished = (state == "finished").to_numpy() & known
    masks: dict[Mark, NDArray[np.bool_]] = {
        STOPPED: (state == "stopped").to_numpy() & known,
        RUNNING: (state == "running").to_numpy() & known,
        FAILED: (state == "failed").to_numpy(),
    }
    if columns.VERDICT in frame:
        # One training that came out high is no match for a mean.
        masks = {ONCE: finished & frame[columns.VERDICT].isna().to_numpy()} | masks
        for mark in (DEMOTED, RACING, TIED, CONFIRMED):
            masks[mark] = (frame[columns.VERDICT] == mark.name).to_numpy()
    else:
        front = front_mask(frame, size)
        masks = {DOMINATED: finished & ~front} | masks | {FRONT: front}
    return {mark: mask for mark, mask in masks.items() if mask.any()}


def staircase(frame: pd.DataFrame, kinds: Kinds, size: str) -> pd.DataFrame:
    """Return the trials that the front goes through, the smallest first."""
    members = frame[_any_of(kinds, len(frame), *ON_FRONT)]
    return members[is_front(members[columns.ACCURACY], members[size])].sort_values(size)


def floor(frame: pd.DataFrame, kinds: Kinds) -> float:
    """Return the accuracy at the floor of a picture, below which there is little to see.

    All of the front and at least nine trials in ten lie above it.
    """
    accuracy = frame[columns.ACCURACY].to_numpy(dtype=np.float64)
    seen = accuracy[~_any_of(kinds, len(frame), FAILED) & ~np.isnan(accuracy)]
    if not len(seen):
        return 0.0
    front = accuracy[_any_of(kinds, len(frame), *ON_FRONT)]
    low = float(min([np.quantile(seen, 0.1), *front]))
    return max(0.0, low - 0.12 * max(float(seen.max()) - low, 0.01))


def _any_of(kinds: Kinds, count: int, *marks: Mark) -> NDArray[np.bool_]:
    found = np.zeros(count, dtype=np.bool_)
    for mark in marks:
        found |= kinds.get(mark, False)
    return found


def heights(mark: Mark, group: pd.DataFrame, low: float) -> NDArray[np.float64]:
    """Return where trials are drawn: what lies under the floor stands on it, as do the failed."""
    accuracy = group[columns.ACCURACY].to_numpy(dtype=np.float64)
    return np.full(len(group), low) if mark is FAILED else np.maximum(accuracy, low)


def ceiling(frame: pd.DataFrame) -> float:
    """Return the best accuracy of all trials, or 1 where there is none."""
    best = float(frame[columns.ACCURACY].max())
    return 1.0 if np.isnan(best) else best


def summary(trials: int, kinds: Kinds) -> str:
    """Return how many trials there are, and how many on the front, as one line.

    Args:
        trials: All of them.
        kinds: As `marked` gives them.
    """
    counted = "1 trial" if trials == 1 else f"{trials:,} trials"
    told = [f"{kinds[mark].sum():,} {mark.name}" for mark in JUDGED if mark in kinds]
    return ", ".join([counted, *(told or ["0 on the front"])])


def legend(mark: Mark, kinds: Kinds) -> str:
    """Return what a kind is called beside the picture: ``dominated  90``."""
    return f"{mark.name}  {kinds[mark].sum():,}"


def shrink(trials: int) -> float:
    """Return by which factor marks get smaller, so that thousands still tell apart."""
    return float(np.clip((300 / max(trials, 1)) ** 0.2, 0.5, 1.0))


def percent(accuracy: float) -> str:
    """Return an accuracy as a person reads it: ``98.61 %``."""
    return f"{100 * accuracy:.2f} %"


def amount(size: float) -> str:
    """Return a size as a person reads it: 12,304 or 0.217, with three digits at least.

    >>> amount(12_304), amount(97), amount(0.21713)
    ('12,304', '97', '0.217')
    """
    return f"{size:,.0f}" if size >= _WHOLE else f"{size:.3g}"


def short_number(value: float) -> str:
    """Return a count as on an axis: 950, 1.2k, 45k, 3M."""
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:.3g}{letter}"
    return f"{value:.3g}"


def spread(count: int) -> list[int]:
    """Return 0 … count - 1 with the ends first and then ever finer between them.

    >>> spread(5)
    [4, 0, 2, 1, 3]
    """
    order = [count - 1, 0]
    step = 1 << max(count - 1, 1).bit_length()
    while step > 1:
        order += range(step // 2, count, step)
        step //= 2
    return list(dict.fromkeys(index for index in order if 0 <= index < count))
