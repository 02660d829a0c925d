"""The tracking store of MLflow that a study is written to."""

from __future__ import annotations

import logging
import os
import sqlite3
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SADeprecationWarning, SQLAlchemyError

from space.errors import InputError

from ..connection import absolute, is_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study

_CONNECT_SECONDS: Final = 10
_QUIET: Final = "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"


def check_uri(study: Study, uri: str) -> None:
    """Refuse the store's own database, and a server that does not answer."""
    if uri.startswith(("http://", "https://")):
        # MLflow itself would try for minutes, and say nothing.
        try:
            urlopen(uri, timeout=_CONNECT_SECONDS).close()  # noqa: S310 - it is http, see above
        except HTTPError:
            return
        except (URLError, OSError) as error:
            raise InputError("TO", f"MLflow's server must answer ({error})", uri) from error
    elif "://" in uri and absolute(uri) == absolute(study.store.url):
        raise InputError("TO", "MLflow's tables must not lie in the store", uri)


@contextmanager
def explained(uri: str) -> Iterator[None]:
    """Say in one message why MLflow does not take what it is given."""
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - it is an extra

    try:
        yield
    except (MlflowException, SQLAlchemyError, ImportError, OSError) as error:
        told = str(error).strip().partition("\n")[0]
        hint = "" if "://" in uri else "Write mlflow:sqlite:///mlflow.db for a file."
        raise InputError("TO", f"MLflow must take the study ({told})", uri, hint) from error


@contextmanager
def quick_and_quiet(uri: str) -> Iterator[None]:
    """Let MLflow fill a new file without waiting for the disk, and print nothing for each run."""
    new = "://" in uri and is_file(make_url(uri)) and not Path(str(make_url(uri).database)).exists()
    if new:
        # Each run is many commits, and a flush to the disk for each would take most of the time. A
        # file that is made now holds nothing that could be lost.
        event.listen(Engine, "connect", _hurry)
    logger, before = logging.getLogger("mlflow"), os.environ.get(_QUIET)
    level = logger.level
    logger.setLevel(logging.WARNING)
    os.environ[_QUIET] = "true"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SADeprecationWarning)
            yield
    finally:
        logger.setLevel(level)
        os.environ.pop(_QUIET)
        if before is not None:
            os.environ[_QUIET] = before
        if new:
            event.remove(Engine, "connect", _hurry)


def _hurry(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")
