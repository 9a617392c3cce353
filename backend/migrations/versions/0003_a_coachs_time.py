"""A coach's time: requests, proposals, waiting, interpreters, calendars, and a second factor."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

import backend.models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = backend.models.base.Instant
EMPTY_LIST, EMPTY_DICT = sa.text("'[]'"), sa.text("'{}'")
NO, ZERO = sa.false(), sa.text("0")
WITH_TIME = "('held', 'confirmed', 'attended', 'no_show', 'excused')"
INTERPRETER = "('none', 'wanted', 'booked', 'failed', 'to_cancel', 'cancelled')"


def _column(
    name: str, kind: TypeEngine[Any], default: sa.ColumnElement[Any] | sa.TextClause | None = None
) -> sa.Column[Any]:
    """A column that rows from before get a value for; without one it may be empty."""
    return sa.Column(name, kind, nullable=default is None, server_default=default)


def upgrade() -> None:
    with op.batch_alter_table("service") as batch:
        batch.add_column(_column("per_day", sa.Integer()))
        batch.add_column(_column("modes", sa.JSON(), sa.text("'[\"on_site\"]'")))
        batch.add_column(_column("units", sa.JSON(), EMPTY_LIST))
        batch.add_column(_column("by_request", sa.Boolean(), NO))
        batch.add_column(_column("by_referral", sa.Boolean(), NO))
        batch.add_column(_column("edits", sa.JSON(), EMPTY_DICT))
    with op.batch_alter_table("unit") as batch:
        batch.add_column(_column("floor", sa.Text()))
        batch.add_column(_column("step_free", sa.JSON(), EMPTY_DICT))
        batch.add_column(_column("edits", sa.JSON(), EMPTY_DICT))
    with op.batch_alter_table("person") as batch:
        batch.add_column(_column("needs", sa.JSON(), EMPTY_LIST))
    with op.batch_alter_table("staff") as batch:
        batch.add_column(_column("email", sa.Text()))
        batch.add_column(_column("keeps_hours", sa.Boolean(), NO))
        batch.add_column(_column("totp_sealed", sa.LargeBinary()))
        batch.add_column(_column("totp_used", sa.BigInteger(), ZERO))
        batch.add_column(_column("busy_sealed", sa.LargeBinary()))
        batch.add_column(_column("busy_read_at", INSTANT()))
        batch.add_column(_column("busy_fault", sa.Text()))
    _bookings()
    _calendars()


def _bookings() -> None:
    with op.batch_alter_table("booking") as batch:
        batch.drop_constraint(op.f("ck_booking_hold"), type_="check")
        batch.alter_column("meeting_id", existing_type=sa.Text(), nullable=True)
        batch.add_column(_column("instead_of", sa.Text()))
        batch.add_column(_column("proposals", sa.JSON(), EMPTY_LIST))
        batch.add_column(_column("offered", sa.JSON(), EMPTY_LIST))
        batch.add_column(_column("interpreter", sa.Text(), sa.text("'none'")))
        batch.add_column(_column("interpreter_need", sa.JSON(), EMPTY_DICT))
        batch.add_column(_column("marked_at", INSTANT()))
        batch.create_check_constraint(
            op.f("ck_booking_hold"),
            "(state IN ('held', 'proposed')) = (hold_until IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_booking_time"), f"meeting_id IS NOT NULL OR state NOT IN {WITH_TIME}"
        )
        batch.create_check_constraint(
            op.f("ck_booking_interpreter"), f"interpreter IN {INTERPRETER}"
        )
        batch.create_foreign_key(
            op.f("fk_booking_instead_of_booking"),
            "booking",
            ["instead_of"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_index(op.f("ix_booking_instead_of"), ["instead_of"], unique=False)


def _calendars() -> None:
    op.create_table(
        "busy",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT(), nullable=False),
        sa.Column("ends_at", INSTANT(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_busy_span")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_busy_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "starts_at", "ends_at", name=op.f("pk_busy")),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT(), nullable=False),
        sa.Column("revoked_at", INSTANT(), nullable=True),
        sa.CheckConstraint("kind IN ('person', 'staff')", name=op.f("ck_feed_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    op.create_index(op.f("ix_feed_owner"), "feed", ["owner"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT(), nullable=False),
        sa.Column("ends_at", INSTANT(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", INSTANT(), nullable=True),
        sa.CheckConstraint("method IN ('REQUEST', 'CANCEL')", name=op.f("ck_invitation_method")),
        sa.CheckConstraint(
            "state IN ('due', 'sent', 'failed', 'void')", name=op.f("ck_invitation_state")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_invitation_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_invitation_staff_id_staff"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_invitation_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "booking_id",
            "version",
            "staff_id",
            "method",
            name=op.f("uq_invitation_booking_id_version_staff_id_method"),
        ),
    )
    op.create_index("ix_invitation_due", "invitation", ["state", "due_at"], unique=False)


def downgrade() -> None:
    message = "bookings without a time cannot be kept by the tables of before"
    raise NotImplementedError(message)
