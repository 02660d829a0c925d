"""What a network takes pictures for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from space.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A picture that could not be read, and why."""

    image: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Answers for the pictures that could be read, in the order in which they were given.

    Args:
        class_names: One a logit.
        names: The path of each picture, or ``image N`` for what has none.
        logits: (N, classes).
        unreadable: The pictures that have no answer.
    """

    class_names: tuple[str, ...]
    names: tuple[str, ...]
    logits: NDArray[np.float32]
    unreadable: tuple[Unreadable, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """(N, classes): the softmax of the logits."""
        shifted = self.logits.astype(np.float64) - self.logits.max(axis=1, keepdims=True)
        powers = np.exp(shifted)
        shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return shares

    @property
    def classes(self) -> tuple[str, ...]:
        """The name of the likeliest class of each picture."""
        return tuple(self.class_names[number] for number in self.logits.argmax(axis=1))

    def likeliest(self, top: int = 3) -> list[list[tuple[str, float]]]:
        """Return for each picture its ``top`` likeliest classes with probabilities, in order.

        Raises:
            InputError: ``top`` is below 1.
        """
        if top < 1:
            raise InputError("top", "must be 1 or more", top)
        shares = self.probabilities
        orders = np.argsort(-self.logits, axis=1, kind="stable")[:, :top]
        return [
            [(self.class_names[number], float(row[number])) for number in order]
            for row, order in zip(shares, orders, strict=True)
        ]

    def to_dict(self, top: int = 3) -> dict[str, Any]:
        """Return all answers and all failures, for JSON."""
        images = [
            {
                "image": name,
                "class": likely[0][0],
                "probability": likely[0][1],
                "top": [{"class": told, "probability": share} for told, share in likely],
            }
            for name, likely in zip(self.names, self.likeliest(top), strict=True)
        ]
        return {"images": images, "unreadable": [asdict(each) for each in self.unreadable]}
