"""The parts of a split: open ones and the sealed test part."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from space.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .images import Labels
    from .mapped import Images

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Images and labels: (N, C, H, W) uint8 and (N,) int64, both to be read only.

    Images of a mapped file stay there: they have shape, length and copies by index of an array.
    """

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


class SealedPart:
    """The test part: no attribute leads to its images or labels; ``open`` gives them.

    Test images that are seen while choosing make the test accuracy too good, so that reading them
    has to be a visible act.
    """

    __slots__ = ("__weakref__",)

    def __len__(self) -> int:
        return len(_contents[self])

    def __repr__(self) -> str:
        return f"SealedPart({len(self)} images)"

    def __reduce__(self) -> tuple[Callable[[Part], SealedPart], tuple[Part]]:
        # A worker gets it sealed; the arrays travel out of band, so that workers share them.
        return seal, (_contents[self],)

    def open(self, *, reason: str) -> Part:
        """Return images and labels, and log the reason.

        Raises:
            InputError: The reason is blank.
        """
        if not reason.strip():
            raise InputError("reason", "opening the test part must have a reason", reason)
        _log.info("test part opened: %s", reason)
        return _contents[self]


# Kept apart from the objects, which is what makes them sealed.
_contents: WeakKeyDictionary[SealedPart, Part] = WeakKeyDictionary()


def seal(part: Part) -> SealedPart:
    """Return ``part`` as a sealed part."""
    sealed = SealedPart()
    _contents[sealed] = part
    return sealed
