"""Is everything here that a search needs?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from results import open_store
from space.errors import InputError

from .environment import describe_environment

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is well, and what was found."""

    name: str
    well: bool
    found: str


def examine(store_url: str | None) -> Iterator[Check]:
    """Yield what was found, the quick checks first; the store and a local Ray are tried."""
    environment = describe_environment()
    yield Check("python", well=True, found=f"{environment['python']} on {environment['platform']}")
    for package, version in environment["versions"].items():
        yield Check(package, well=version is not None, found=version or "is not installed")
    yield Check("cores", well=True, found=str(environment["cores"]))
    yield Check("gpus", well=True, found=", ".join(environment["gpus"]) or "none: trains on cores")
    yield _store(store_url)
    yield _ray()


def _store(url: str | None) -> Check:
    try:
        store = open_store(url)
        found = f"{store!r}, {len(store.studies())} studies"
    except InputError as error:
        return Check("store", well=False, found=str(error))
    return Check("store", well=True, found=found)


def _ray() -> Check:
    from .runners.ray_connection import try_ray  # noqa: PLC0415  takes seconds to import

    try:
        process = try_ray()
    except Exception as error:  # noqa: BLE001  whatever is wrong with Ray is what was asked for
        return Check("ray worker", well=False, found=f"{type(error).__name__}: {error}")
    return Check("ray worker", well=True, found=f"answered from process {process}")
