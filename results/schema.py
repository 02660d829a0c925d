"""The tables of a store.

Times are seconds since 1970 in UTC, as floating point numbers: the same in every database, and
read a hundred thousand at a time without parsing text. A number that is not a number is stored as
NULL, since SQLite knows no other way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect

APPLICATION: Final = "sizewise"
VERSION: Final = 3

RUNNING: Final = "running"
FINISHED: Final = "finished"
STOPPED: Final = "stopped"
FAILED: Final = "failed"
INTERRUPTED: Final = "interrupted"

STUDY_STATES: Final = (RUNNING, INTERRUPTED, FINISHED, FAILED)
TRIAL_STATES: Final = (RUNNING, FINISHED, STOPPED, FAILED)
FINAL_STATES: Final = (RUNNING, FINISHED, FAILED)

VALIDATION: Final = "validation"
TEST: Final = "test"

STAGES: Final = (VALIDATION, TEST)

# Named constraints, so that a migration can name what it changes.
METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)


@final
class Message(TypeDecorator[str]):
    """Text from anywhere, such as an exception, kept as far as any database can hold it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  as SQLAlchemy calls it
        """Return the text without zero bytes, which PostgreSQL refuses, and with valid Unicode."""
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode(errors="replace").decode()


def _one_of(words: tuple[str, ...], name: str = "state") -> CheckConstraint:
    quoted = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{name} IN ({quoted})", name=name)


SCHEMA_VERSION: Final = Table(
    "schema_version",
    METADATA,
    Column("application", String(20), primary_key=True),
    Column("version", Integer, nullable=False),
)

STUDIES: Final = Table(
    "studies",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("reason", Message),
    Column("seed", BigInteger, nullable=False),
    Column("size", String(40), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    Column("note", Message),
    Column("tags", JSON, nullable=False, server_default="[]"),
    Column("archived", Boolean, nullable=False, server_default=false()),
    Column("job", JSON, nullable=False),
    Column("data", JSON, nullable=False),
    Column("space", JSON, nullable=False),
    _one_of(STUDY_STATES),
)

# What a frame reads comes first and the long documents last: SQLite reads a row from its front.
TRIALS: Final = Table(
    "trials",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey(STUDIES.c.id, ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Message),
    Column("accuracy", Double),
    Column("loss", Double),
    Column("epochs", Integer, nullable=False),
    Column("params", BigInteger, nullable=False),
    Column("macs", BigInteger, nullable=False),
    Column("activation_bytes", BigInteger, nullable=False),
    Column("weight_bytes", BigInteger, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("latency_ms", Double),
    # Where a trial that was stopped would have ended, and how far that may be off.
    Column("expected", Double),
    Column("expected_spread", Double),
    Column("note", Message),
    Column("fingerprint", String(80), nullable=False),
    Column("outline", Text, nullable=False),
    Column("restarts", Message),
    Column("point", JSON, nullable=False),
    Column("recipe", JSON, nullable=False),
    Column("architecture", JSON, nullable=False),
    # Its index also finds the trials of a study, in order.
    UniqueConstraint("study_id", "number"),
    # And this one those that run, which have no end, and those that ended of late.
    Index(None, "study_id", "ended_at"),
    _one_of(TRIAL_STATES),
    CheckConstraint(f"(state = '{RUNNING}') = (reason IS NULL)", name="ended_with_reason"),
    CheckConstraint(f"(state = '{RUNNING}') = (ended_at IS NULL)", name="ended_with_time"),
)

# Without a row number of its own the table is its index: one page is written for an epoch, not two.
EPOCHS: Final = Table(
    "epochs",
    METADATA,
    Column("trial_id", ForeignKey(TRIALS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("train_loss", Double),
    Column("loss", Double),
    Column("accuracy", Double),
    Column("learning_rate", Double),
    Column("seconds", Double),
    Column("images_per_second", Double),
    sqlite_with_rowid=False,
)

# Trainings of a trial's network with seeds of their own, and its answers to the test images.
FINALS: Final = Table(
    "finals",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey(STUDIES.c.id, ondelete="CASCADE"), nullable=False),
    Column("trial_id", ForeignKey(TRIALS.c.id, ondelete="CASCADE"), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Message),
    Column("epochs", Integer, nullable=False),
    Column("accuracy", Double),
    Column("loss", Double),
    Column("seconds", Double),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
    UniqueConstraint("trial_id", "stage", "seed"),
    Index(None, "study_id"),
    _one_of(STAGES, "stage"),
    _one_of(FINAL_STATES),
    CheckConstraint(f"(state = '{RUNNING}') = (reason IS NULL)", name="ended_with_reason"),
    CheckConstraint(f"(state = '{RUNNING}') = (ended_at IS NULL)", name="ended_with_time"),
)

# Who drives a study now; no row, or one whose time is over, means nobody.
LEASES: Final = Table(
    "leases",
    METADATA,
    Column("study_id", ForeignKey(STUDIES.c.id, ondelete="CASCADE"), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("since", Double, nullable=False),
    Column("until", Double, nullable=False),
)

ENVIRONMENTS: Final = Table(
    "environments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey(STUDIES.c.id, ondelete="CASCADE"), nullable=False),
    Column("recorded_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("environment", JSON, nullable=False),
    Index(None, "study_id"),
)
