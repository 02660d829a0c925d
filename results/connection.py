"""From the address of a store to an engine that may be used."""

from __future__ import annotations

import errno
import json
import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event, func, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from .errors import StoreError
from .schema import APPLICATION, METADATA, SCHEMA_VERSION, VERSION

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

VARIABLE: Final = "SIZEWISE_STORE"
DEFAULT: Final = "sqlite:///runs/sizewise.db"
FOLDER_VARIABLE: Final = "SIZEWISE_RUNS"

# How long a writer waits for another one; a write takes a millisecond,
# a checkpoint perhaps a hundred.
_BUSY_SECONDS: Final = 60.0

# Less than this can take no write: the index of SQLite's log alone has 32 kB.
_LEAST_ROOM: Final = 2**15

# How long a server may take to answer a new connection.
_CONNECT_SECONDS: Final = 10

# Any number that other programs are unlikely to lock: the letters "sizewise".
_CREATION_LOCK: Final = int.from_bytes(b"sizewise")

POSTGRES: Final = "postgresql"


def absolute(address: str | None) -> URL:
    """Return the URL of a store, with its driver, and the path of an SQLite file made absolute.

    An absolute path still names the same file after a change of folder, or in another process.

    Raises:
        StoreError: The address is no URL, or names a database in memory.
    """
    told = address or os.environ.get(VARIABLE) or DEFAULT
    try:
        url = make_url(told)
    except ArgumentError:
        raise StoreError(
            "store",
            "a store's address must be a URL",
            told,
            f"Write sqlite:///{told} for a file.",
        ) from None
    if url.drivername in {POSTGRES, "postgres"}:
        return url.set(drivername=f"{POSTGRES}+psycopg")
    return _with_absolute_path(url) if is_file(url) else url


def _with_absolute_path(url: URL) -> URL:
    if url.database in {None, "", ":memory:"} or str(url.database).startswith("file:"):
        raise StoreError(
            "store",
            "an SQLite store must be a file",
            url.render_as_string(),
            "Write sqlite:///runs/sizewise.db, for example.",
        )
    return url.set(database=str(Path(str(url.database)).expanduser().absolute()))


def is_file(url: URL) -> bool:
    """Return whether the store is one SQLite file."""
    return url.get_backend_name() == "sqlite"


def is_postgres(url: URL) -> bool:
    """Return whether the store lies in a PostgreSQL server."""
    return url.get_backend_name() == POSTGRES


def shown(url: URL) -> str:
    """Return the URL as it may be printed: without its password."""
    return url.render_as_string(hide_password=True)


def existing_file(url: URL) -> Path:
    """Return the path of an SQLite store.

    Raises:
        StoreError: There is no such file, or it is empty.
    """
    path = Path(str(url.database))
    if not path.is_file() or path.stat().st_size == 0:
        raise StoreError("store", "the store must exist", shown(url))
    return path


def connect(url: URL, *, as_it_is: bool = False) -> Engine:
    """Return an engine for an existing store, or for one created now, with its schema checked.

    Args:
        url: As `absolute` gives it.
        as_it_is: Create and check nothing, but an SQLite file must be there.

    Raises:
        StoreError: The database cannot be reached, is not a store, or is one of another version.
    """
    try:
        engine = _engine(url)
        try:
            if as_it_is:
                _reach(engine, url)
            else:
                _prepare(engine, url)
        except BaseException:
            engine.dispose()
            raise
    except ModuleNotFoundError as error:
        hint = "Install it: pip install 'sizewise[postgres]'." if is_postgres(url) else ""
        rule = f"the database's driver must be installed ({error})"
        raise StoreError("store", rule, shown(url), hint) from error
    except (DBAPIError, OSError, NoSuchModuleError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        told = " ".join(str(cause).split())
        rule = f"the store must be reachable ({told})"
        raise StoreError("store", rule, shown(url), _room(url)) from error
    return engine


def _room(url: URL) -> str:
    """Return a hint where a disk is full, which SQLite may call an error of the disk."""
    folder = Path(str(url.database)).parent
    full = is_file(url) and folder.is_dir() and shutil.disk_usage(folder).free < _LEAST_ROOM
    return "Its disk is full." if full else ""


def _reach(engine: Engine, url: URL) -> None:
    if is_file(url):
        existing_file(url)
    with engine.begin() as connection:
        inspect(connection).get_table_names()


def _prepare(engine: Engine, url: URL) -> None:
    if is_file(url):
        _prepare_file(engine, Path(str(url.database)))
    with writing(engine).begin() as connection:
        _check_or_create(connection, shown(url))


def writing(engine: Engine) -> Engine:
    """Return the same engine for transactions that write."""
    return engine.execution_options(writes=True)


def _engine(url: URL) -> Engine:
    compact = partial(json.dumps, separators=(",", ":"))
    if not is_file(url):
        arguments = {"connect_timeout": _CONNECT_SECONDS} if is_postgres(url) else {}
        # A server may have restarted, or a network dropped an idle connection: each is tried first.
        return create_engine(
            url, json_serializer=compact, connect_args=arguments, pool_pre_ping=True
        )
    waiting = {"timeout": _BUSY_SECONDS}
    engine = create_engine(url, json_serializer=compact, connect_args=waiting)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    # The driver would begin transactions at times of its own choice; `_begin` does it instead.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # With a write-ahead log this waits for the disk at checkpoints only, not at each commit. What
    # is committed survives the death of the process; a power cut may take the last commits, but
    # never leaves a broken store. FULL would cost a disk flush, often several milliseconds, for
    # each epoch.
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then writes could not wait for another writer: SQLite fails
    # it at once, since what it read may be stale. So writers take their turn before they read.
    writes = connection.get_execution_options().get("writes", False)
    # A file that was removed or moved still takes writes of those who have it open: into nothing.
    if writes and not Path(str(connection.engine.url.database)).exists():
        raise FileNotFoundError(errno.ENOENT, "the store's file is gone")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_file(engine: Engine, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # The mode stands in the file from its creation on. A file that holds something is left as it is
    # here, since it may turn out to be no store of ours.
    if not path.exists() or path.stat().st_size == 0:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL")
        finally:
            raw.close()


def _check_or_create(connection: Connection, address: str) -> None:
    if connection.dialect.name == POSTGRES:
        # Two that created the tables at once would fail each other.
        connection.execute(select(func.pg_advisory_xact_lock(_CREATION_LOCK)))
    if not inspect(connection).get_table_names():
        METADATA.create_all(connection)
        connection.execute(insert(SCHEMA_VERSION).values(application=APPLICATION, version=VERSION))
    elif (version := schema_version(connection, address)) < VERSION:
        raise StoreError(
            "store",
            f"this version of sizewise works on stores of schema {VERSION}",
            f"{address} with schema {version}",
            f"Upgrade it, with a backup made first: sizewise db upgrade --store {address}",
        )


def schema_version(connection: Connection, address: str) -> int:
    """Return the version of a store's schema.

    Raises:
        StoreError: The database is not a store, or is one of a newer version.
    """
    tables = set(inspect(connection).get_table_names())
    version = _version(connection, tables)
    if version is None:
        raise StoreError(
            "store",
            "the database must be empty or a store of sizewise",
            address,
            f"It holds other tables: {', '.join(sorted(tables)[:5])}.",
        )
    if version > VERSION:
        raise StoreError(
            "store",
            f"this version of sizewise reads stores up to schema {VERSION}",
            f"{address} with schema {version}",
            "Install a newer sizewise.",
        )
    return version


def _version(connection: Connection, tables: set[str]) -> int | None:
    columns = {"application", "version"}
    if SCHEMA_VERSION.name not in tables:
        return None
    if {
        column["name"] for column in inspect(connection).get_columns(SCHEMA_VERSION.name)
    } != columns:
        return None
    ours = SCHEMA_VERSION.c.application == APPLICATION
    return connection.execute(select(SCHEMA_VERSION.c.version).where(ours)).scalar()
