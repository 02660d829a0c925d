"""From each version of the schema to the next.

A migration is written once and stays as it is: it names columns and types itself, since the tables
of `results.schema` go on to change. Alembic's operations tell each database in its own words; its
scripts and its version table are left out, because a store knows its version itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sql
from alembic.migration import MigrationContext
from alembic.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection


def migrate(connection: Connection, version: int) -> None:
    """Change the schema of a store from ``version`` to the next."""
    naming = {"target_metadata": sql.MetaData(naming_convention=_NAMES)}
    context = MigrationContext.configure(connection, opts=naming)
    MIGRATIONS[version](Operations(context))


# The names of version 1 and after.
_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def _add_finals_and_notes(op: Operations) -> None:
    """2: latency, what a stopped trial was expected to reach, notes and tags, and finals."""
    op.add_column("studies", sql.Column("note", sql.Text))
    op.add_column("studies", sql.Column("tags", sql.JSON, nullable=False, server_default="[]"))
    kept = sql.Column("archived", sql.Boolean, nullable=False, server_default=sql.false())
    op.add_column("studies", kept)
    for name in ("latency_ms", "expected", "expected_spread"):
        op.add_column("trials", sql.Column(name, sql.Double))
    op.add_column("trials", sql.Column("note", sql.Text))
    op.create_table(
        "finals",
        sql.Column("id", sql.Integer, primary_key=True),
        sql.Column("study_id", sql.Integer, nullable=False),
        sql.Column("trial_id", sql.Integer, nullable=False),
        sql.Column("stage", sql.String(20), nullable=False),
        sql.Column("seed", sql.BigInteger, nullable=False),
        sql.Column("state", sql.String(20), nullable=False),
        sql.Column("reason", sql.Text),
        sql.Column("epochs", sql.Integer, nullable=False),
        *(sql.Column(name, sql.Double) for name in ("accuracy", "loss", "seconds")),
        sql.Column("started_at", sql.Double, nullable=False),
        sql.Column("ended_at", sql.Double),
        sql.ForeignKeyConstraint(["study_id"], ["studies.id"], ondelete="CASCADE"),
        sql.ForeignKeyConstraint(["trial_id"], ["trials.id"], ondelete="CASCADE"),
        sql.UniqueConstraint("trial_id", "stage", "seed"),
        sql.CheckConstraint("stage IN ('validation', 'test')", name="stage"),
        sql.CheckConstraint("state IN ('running', 'finished', 'failed')", name="state"),
        sql.CheckConstraint("(state = 'running') = (reason IS NULL)", name="ended_with_reason"),
        sql.CheckConstraint("(state = 'running') = (ended_at IS NULL)", name="ended_with_time"),
    )
    op.create_index("ix_finals_study_id", "finals", ["study_id"])


def _index_ends(op: Operations) -> None:
    """3: what runs, and what ended of late, is found without reading all trials of a study."""
    op.create_index("ix_trials_study_id_ended_at", "trials", ["study_id", "ended_at"])


MIGRATIONS: Final[Mapping[int, Callable[[Operations], None]]] = {
    1: _add_finals_and_notes,
    2: _index_ends,
}
