"""Exports that the page asked for, each in a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock, Thread
from typing import TYPE_CHECKING, final

from space.errors import InputError

if TYPE_CHECKING:
    from ....export import ExportReport
    from ....store import Store


@dataclass(slots=True)
class _Doing:
    """What an export is doing, or what became of it."""

    told: str
    over: bool = False


@final
class Exports:
    """Writes trials to where `sizewise export` does, one at a time for each.

    Args:
        store: Where the studies stand.
    """

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._known: dict[tuple[str, int], _Doing] = {}

    def start(self, study: str, number: int) -> None:
        """Begin, unless it is being done."""
        with self._lock:
            before = self._known.get((study, number))
            if before is not None and not before.over:
                return
            doing = self._known[study, number] = _Doing("reading the data")
        Thread(target=self._write, args=(study, number, doing), daemon=True).start()

    def state(self, study: str, number: int) -> tuple[str, bool]:
        """Return what is known of an export in words, and whether it is over."""
        doing = self._known.get((study, number))
        return ("", True) if doing is None else (doing.told, doing.over)

    def _write(self, study: str, number: int, doing: _Doing) -> None:
        # Exporting brings torch and onnx along, which most pages do without.
        from ....export import export_trial  # noqa: PLC0415
        from ....splits import stored_split  # noqa: PLC0415

        def tell(told: str) -> None:
            doing.told = told

        try:
            split = stored_split(self._store, self._store.study(study))
            doing.told = _told(
                export_trial(self._store, study, number, split=split, force=True, tell=tell)
            )
        except (InputError, OSError) as error:
            doing.told = f"Not exported: {error}"
        finally:
            doing.over = True


def _told(report: ExportReport) -> str:
    told = f"Wrote {report.folder}: {', '.join(report.files)}."
    if report.check is None:
        return told
    names = ", ".join(each.form for each in report.check.forms)
    return f"{told} On {report.check.images:,} validation images these gave the same: {names}."
