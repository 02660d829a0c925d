"""Where files of a study may lie: in a folder, or behind a URL that all machines reach."""

from __future__ import annotations

import logging
import posixpath
import secrets
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from fsspec import available_protocols
from fsspec.core import url_to_fs

from space.errors import InputError, closest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIELD = "run.storage"
# Here an object appears when all of it has arrived. Elsewhere a file is renamed once it is whole.
_OBJECTS = frozenset({"abfs", "abfss", "adl", "az", "gcs", "gs", "oci", "oss", "s3", "s3a", "tos"})
_log = logging.getLogger(__name__)


def local_path(location: str) -> Path | None:
    """Return the path that a location stands for, or None where it is reached by a URL."""
    protocol, mark, _ = location.partition("://")
    if not mark:
        return Path(location).absolute()
    return Path(url_to_fs(location)[1]) if protocol in {"file", "local"} else None


def check_storage(location: str) -> None:
    """Write a file, and remove it.

    Raises:
        InputError: Nothing can be kept there.
    """
    protocol, mark, _ = location.partition("://")
    if mark and protocol not in available_protocols():
        rule = "must be a path or a URL of a protocol that fsspec knows"
        raise InputError(FIELD, rule, location, closest(protocol, available_protocols()))
    try:
        _probe(f"{location}/probe-{secrets.token_hex(8)}")
    except ImportError as error:
        rule = "must be of a protocol whose package is installed"
        raise InputError(FIELD, rule, location, f"{error}, on all machines that train.") from error
    except Exception as error:  # each protocol has errors of its own
        rule = "must be a place that can be reached and written"
        hint = f"Check its name and your credentials: {type(error).__name__}: {error}"
        raise InputError(FIELD, rule, location, hint) from error


@final
class Stored:
    """A file of a storage, and the path at which it is read and written on this machine.

    For a file in a folder that is the file itself. Behind a URL it is a copy, there only between
    `fetch` and `release`, or while it is written. Trouble with a URL is logged and never raised:
    it may cost time, but no training. After it the URL is left alone for ten times as long as it
    took to come up, so that it costs little time too.

    Args:
        location: A path or a URL.
    """

    def __init__(self, location: str) -> None:
        self._location = location
        here = local_path(location)
        self._away = here is None
        self.path = here or Path(tempfile.gettempdir(), f"sizewise-{secrets.token_hex(8)}")
        self._avoided_until = 0.0

    def fetch(self) -> None:
        """Bring the file here, if it exists; one that came in part is as broken as it looks."""
        if self._away:
            self._try("read", lambda: _download(self._location, self.path))

    def put(self) -> None:
        """Bring what was written at `path` to where it belongs."""
        if self._away and time.monotonic() >= self._avoided_until:
            self._try("written", lambda: _upload(self._location, self.path))
        self.release()

    def release(self) -> None:
        """Remove the copy, if there is one."""
        if self._away:
            self.path.unlink(missing_ok=True)

    def remove(self) -> bool:
        """Remove the file, if it exists, and return whether it is gone."""
        if self._away:
            return self._try("removed", lambda: _delete(self._location))
        self.path.unlink(missing_ok=True)
        return True

    def _try(self, done: str, act: Callable[[], None]) -> bool:
        """Return whether it could be done."""
        began = time.monotonic()
        try:
            act()
        except Exception as error:  # noqa: BLE001  each protocol has errors of its own
            told = f"{type(error).__name__}: {error}"
            _log.warning("%s could not be %s: %s", self._location, done, told)
            ended = time.monotonic()
            self._avoided_until = ended + 10 * (ended - began)
            return False
        return True


def names_in(folder: str) -> list[str]:
    """Return the names of the files in a folder of a storage; none where it cannot be read."""
    here = local_path(folder)
    if here is not None:
        return [path.name for path in here.iterdir()] if here.is_dir() else []
    # Without a look at it a few files may stay, which nobody will read.
    with suppress(Exception), _filesystem(folder) as (files, key):
        files.invalidate_cache()
        return [posixpath.basename(path) for path in files.ls(key, detail=False)]
    return []


def remove_empty(folder: str) -> None:
    """Remove a folder of a storage if nothing is in it."""
    here = local_path(folder)
    if here is not None:
        if here.is_dir() and not any(here.iterdir()):
            here.rmdir()
    elif folder.partition("://")[0] not in _OBJECTS:  # where folders are but beginnings of names
        with suppress(Exception), _filesystem(folder) as (files, key):
            files.rmdir(key)


def _probe(location: str) -> None:
    probe = Stored(location)
    probe.path.parent.mkdir(parents=True, exist_ok=True)
    probe.path.touch(exist_ok=False)
    try:
        if local_path(location) is None:
            _upload(location, probe.path)
            _delete(location)
    finally:
        probe.path.unlink()


def _upload(location: str, path: Path) -> None:
    with _filesystem(location) as (files, key):
        if location.partition("://")[0] in _OBJECTS:
            files.put_file(str(path), key)
            return
        folder, name = posixpath.split(key)
        part = f"{folder}/.{name}.{secrets.token_hex(8)}.part"
        try:
            files.put_file(str(path), part)
            files.mv(part, key)
        except BaseException:
            with suppress(Exception):
                files.rm_file(part)
            raise


def _download(location: str, path: Path) -> None:
    with suppress(FileNotFoundError), _filesystem(location) as (files, key):
        files.get_file(key, str(path))


def _delete(location: str) -> None:
    with suppress(FileNotFoundError), _filesystem(location) as (files, key):
        files.rm_file(key)


@contextmanager
def _filesystem(location: str) -> Iterator[tuple[Any, str]]:
    files, key = url_to_fs(location)
    try:
        yield files, key
    except Exception:
        # They are kept from call to call, and one whose connection broke would stay broken.
        files.clear_instance_cache()
        raise
