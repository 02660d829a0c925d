"""Which images changed sides between two networks, and whether that can be chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import bdtr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trainers.data.mapped import Images

EXAMPLES: Final = 24
"""How many of the images that changed sides are kept to be shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An image that changed sides.

    Args:
        index: Its place in the part.
        label: The right class.
        one: What the first network took it for.
        other: What the second took it for.
        pixels: (C, H, W) uint8; None where the images are not at hand.
    """

    index: int
    label: int
    one: int
    other: int
    pixels: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """How two networks answer for the same images.

    Args:
        part: ``validation`` or ``test``.
        images: How many there are.
        accuracies: Of the first and of the second network, in [0, 1].
        lost: Places of the images that the first alone tells rightly.
        won: Places of those that the second alone tells rightly.
        chance: The p of McNemar's exact test: how likely so uneven a change of sides is if both are
            equally accurate.
        confusion: (classes, classes) images of the row's class taken for the column's, by the
            second network less by the first.
        examples: Some of the images that changed sides.
    """

    part: str
    images: int
    accuracies: tuple[float, float]
    lost: tuple[int, ...]
    won: tuple[int, ...]
    chance: float
    confusion: NDArray[np.int64]
    examples: tuple[Example, ...]

    def largest_changes(self, most: int = 6) -> list[tuple[int, int, int]]:
        """Return class, what it was taken for, and by how many images more, the largest first.

        Right answers are left out, since each wrong one fewer is a right one more.
        """
        wrong = self.confusion.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-np.abs(wrong), axis=None, kind="stable")[:most]
        places = [divmod(int(place), wrong.shape[1]) for place in order]
        return [
            (row, column, int(wrong[row, column])) for row, column in places if wrong[row, column]
        ]


def exact_mcnemar(lost: int, won: int) -> float:
    """Return the two-sided p of McNemar's test in its exact, binomial form.

    Source: McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12 (1947): of the images that changed sides, each side is as likely.
    """
    return min(1.0, 2 * float(bdtr(min(lost, won), lost + won, 0.5)))


def sides(
    part: str,
    labels: NDArray[np.int64],
    answers: tuple[NDArray[np.int64], NDArray[np.int64]],
    classes: int,
    images: Images | None,
) -> Sides:
    """Return how two networks answer for the same images."""
    one, other = answers
    right = [each == labels for each in answers]
    lost, won = np.flatnonzero(right[0] & ~right[1]), np.flatnonzero(right[1] & ~right[0])
    shown = np.concatenate([lost[: EXAMPLES // 2], won[: EXAMPLES // 2]])
    return Sides(
        part,
        len(labels),
        (float(right[0].mean()), float(right[1].mean())),
        tuple(lost.tolist()),
        tuple(won.tolist()),
        exact_mcnemar(len(lost), len(won)),
        confusion(labels, other, classes) - confusion(labels, one, classes),
        tuple(
            Example(
                int(place),
                int(labels[place]),
                int(one[place]),
                int(other[place]),
                None if images is None else images[int(place)],
            )
            for place in shown
        ),
    )


def confusion(
    labels: NDArray[np.int64], taken: NDArray[np.int64], classes: int
) -> NDArray[np.int64]:
    """Return (classes, classes): images of the row's class that were taken for the column's."""
    counts = np.bincount(labels * classes + taken, minlength=classes * classes)
    return counts.reshape(classes, classes)
