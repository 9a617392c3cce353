"""A person answers: who owns a conversation, opening hours, files, and articles edited here."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

import backend.models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = backend.models.base.Instant
EMPTY_DICT = sa.text("'{}'")
NO = sa.false()


def _column(
    name: str, kind: TypeEngine[Any], default: sa.ColumnElement[Any] | sa.TextClause | None = None
) -> sa.Column[Any]:
    """A column that rows from before get a value for; without one it may be empty."""
    return sa.Column(name, kind, nullable=default is None, server_default=default)


def upgrade() -> None:
    _conversations()
    _handoffs()
    for name in ("inbox", "message"):
        with op.batch_alter_table(name) as batch:
            batch.add_column(_column("file", sa.LargeBinary()))
    with op.batch_alter_table("message") as batch:
        batch.add_column(_column("media", sa.Text()))
        batch.add_column(_column("translation", sa.JSON()))
    with_a_file = sa.text("media IS NOT NULL")
    op.create_index(
        "ix_message_file",
        "message",
        ["created_at"],
        sqlite_where=with_a_file,
        postgresql_where=with_a_file,
    )
    with op.batch_alter_table("staff") as batch:
        batch.add_column(_column("on_duty", sa.Boolean(), NO))
        batch.add_column(_column("present_at", INSTANT()))
        batch.add_column(_column("most_talks", sa.Integer(), sa.text("4")))
    with op.batch_alter_table("unit") as batch:
        batch.add_column(_column("opening", sa.JSON(), EMPTY_DICT))
    with op.batch_alter_table("question") as batch:
        batch.add_column(_column("answered", sa.Text()))
    op.create_table(
        "article_edit",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("recording", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("base", sa.Text()),
        sa.Column("staff_id", sa.Text()),
        sa.Column("changed_at", INSTANT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'approved')", name=op.f("ck_article_edit_state")),
        sa.PrimaryKeyConstraint("slug", "language", name=op.f("pk_article_edit")),
    )


def _conversations() -> None:
    with op.batch_alter_table("conversation") as batch:
        batch.add_column(_column("unit_id", sa.Text()))
        batch.add_column(_column("coach_id", sa.Text()))
        batch.add_column(_column("asked_at", INSTANT()))
        batch.add_column(_column("timer_at", INSTANT()))
        batch.add_column(_column("talk", sa.JSON(), EMPTY_DICT))
        batch.create_check_constraint(
            op.f("ck_conversation_owner"), "owner IN ('assistant', 'queue', 'coach', 'left')"
        )
        batch.create_check_constraint(
            op.f("ck_conversation_coach"), "(owner = 'coach') = (coach_id IS NOT NULL)"
        )
        batch.create_index("ix_conversation_timer", ["timer_at"])
        batch.create_index("ix_conversation_owner", ["owner", "asked_at"])


def _handoffs() -> None:
    with op.batch_alter_table("handoff") as batch:
        batch.drop_constraint(op.f("ck_handoff_kind"), type_="check")
        batch.add_column(_column("claimed_at", INSTANT()))
        batch.add_column(_column("is_urgent", sa.Boolean(), NO))
        batch.add_column(_column("language", sa.Text()))
        batch.add_column(_column("topic", sa.Text()))
        batch.add_column(_column("note", sa.Text()))
        batch.add_column(_column("rating", sa.Integer()))
        batch.create_check_constraint(
            op.f("ck_handoff_kind"), "kind IN ('message', 'call', 'talk')"
        )
        batch.create_check_constraint(op.f("ck_handoff_rating"), "rating BETWEEN 1 AND 3")
