"""The checkpoints of a study, as its driver sees them."""

from __future__ import annotations

import math
import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Self, final

from .storage import Stored, local_path, names_in, remove_empty

if TYPE_CHECKING:
    from collections.abc import Callable

    from results import Store, StudyRecord

    from .job import RunSettings


@final
class Checkpoints:
    """Knows where the checkpoint of each trial lies while it is in training, and removes it.

    Args:
        folder: A path or a URL, of this study alone.
        seconds: How long a trial is trained before it writes the first one.
    """

    def __init__(self, folder: str, *, seconds: float) -> None:
        here = local_path(folder)
        self._folder = folder if here is None else str(here)
        # A call to a storage takes time, and short trials leave nothing there.
        self._seconds = seconds if here is None else 0.0
        self._since: dict[int, float] = {}
        self._reached = True

    @classmethod
    def of(
        cls, study: StudyRecord, store: Store, settings: RunSettings, *, kind: str = "checkpoints"
    ) -> Self:
        """Return those of a study, where its job wants them.

        ``kind`` is the name of the folder, so that those of finals lie apart.

        A storage may be that of many stores, in which studies have the same name.
        """
        folder = str(store.folder(study.name) / kind)
        if settings.storage is not None:
            begun = f"{study.created:%Y%m%dT%H%M%S%f}"
            apart = "" if kind == "checkpoints" else f"-{kind}"
            folder = f"{settings.storage.rstrip('/')}/{study.name}-{begun}{apart}"
        return cls(folder, seconds=settings.checkpoint_seconds)

    def locate(self, number: int) -> str:
        """Return the path or URL of a trial that is handed out."""
        self._since.setdefault(number, time.monotonic())
        return self._location(number)

    def remove(self, number: int) -> None:
        """Remove that of a trial that has ended, if it may have one.

        All trials wait meanwhile: a storage that failed once is asked again only by `tidy`.
        """
        lasted = time.monotonic() - self._since.pop(number, -math.inf)
        if self._reached and lasted >= self._seconds:
            self._reached = Stored(self._location(number)).remove()

    def tidy(self, running: Callable[[int], bool]) -> None:
        """Remove those of all trials that are not ``running``, and what was half written."""
        for name in names_in(self._folder):
            stem = PurePosixPath(name).stem
            ended = not stem.isdigit() or not running(int(stem))
            if ended and not Stored(f"{self._folder}/{name}").remove():
                return
        remove_empty(self._folder)

    def _location(self, number: int) -> str:
        return f"{self._folder}/{number}.safetensors"
