"""Nothing is forgotten: series and enrolments, papers, dates counted from a day, ways to reach."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

import backend.models.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = backend.models.base.Instant
EMPTY_LIST, EMPTY_DICT = sa.text("'[]'"), sa.text("'{}'")
NO, YES, ZERO = sa.false(), sa.true(), sa.text("0")
STATES = (
    "('waiting', 'held', 'requested', 'proposed', 'confirmed', 'enrolled', 'attended', 'no_show', "
    "'excused', 'cancelled', 'expired')"
)
OPEN = "state IN ('waiting', 'held', 'requested', 'proposed', 'confirmed', 'enrolled')"
ENROLMENT = "meeting_id IS NULL AND state IN ('enrolled', 'waiting')"


def _column(
    name: str, kind: TypeEngine[Any], default: sa.ColumnElement[Any] | sa.TextClause | None = None
) -> sa.Column[Any]:
    """A column that rows from before get a value for; without one it may be empty."""
    return sa.Column(name, kind, nullable=default is None, server_default=default)


def upgrade() -> None:
    _series()
    _cards()
    _bookings()
    with op.batch_alter_table("person") as batch:
        batch.add_column(_column("reach", sa.JSON(), EMPTY_LIST))
        batch.add_column(_column("first_weeks", sa.JSON(), EMPTY_DICT))
    with op.batch_alter_table("address") as batch:
        batch.add_column(_column("confirmed", sa.Boolean(), YES))
        batch.add_column(_column("tries", sa.Integer(), ZERO))
    with op.batch_alter_table("deadline") as batch:
        batch.add_column(_column("counted_from", sa.Date()))
    with op.batch_alter_table("conversation") as batch:
        batch.add_column(_column("paced_until", INSTANT()))
    with op.batch_alter_table("message") as batch:
        batch.add_column(_column("channel", sa.Text()))
        batch.create_index("ix_message_reference", ["reference"])
    with op.batch_alter_table("staff") as batch:
        batch.add_column(_column("digest_on", sa.Date()))


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text()),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("organiser", sa.Text()),
        sa.Column("contact", sa.LargeBinary()),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("skips_closures", sa.Boolean(), nullable=False),
        sa.Column("enrols", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_until", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT(), nullable=False),
        sa.CheckConstraint(
            "state IN ('suggested', 'open', 'refused', 'ended')", name=op.f("ck_series_state")
        ),
        sa.CheckConstraint(
            "source IN ('site', 'console', 'import', 'association')", name=op.f("ck_series_source")
        ),
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name=op.f("ck_series_minutes")),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_series_capacity")),
        sa.CheckConstraint("mode IN ('on_site', 'phone', 'video')", name=op.f("ck_series_mode")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_series_service_id_service")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_series_unit_id_unit")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_series_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("uid", name=op.f("uq_series_uid")),
    )
    op.create_index("ix_series_service_id", "series", ["service_id"])
    op.create_index("ix_series_state", "series", ["state"])
    with op.batch_alter_table("meeting") as batch:
        batch.add_column(_column("series_id", sa.Text()))
        batch.add_column(_column("series_start", sa.Text()))
        batch.create_foreign_key(
            op.f("fk_meeting_series_id_series"), "series", ["series_id"], ["id"]
        )
        batch.create_unique_constraint(
            op.f("uq_meeting_series_id_series_start"), ["series_id", "series_start"]
        )


def _cards() -> None:
    op.create_table(
        "card",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("contact", sa.LargeBinary()),
        sa.Column("line", sa.LargeBinary()),
        sa.Column("next_on", sa.Date()),
        sa.Column("began", sa.Date()),
        sa.Column("reminds", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Text()),
        sa.Column("paused_until", sa.Date()),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('introduction', 'job', 'action', 'study')", name=op.f("ck_card_kind")
        ),
        sa.CheckConstraint("paused IN ('parent', 'ill')", name=op.f("ck_card_paused")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_card_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_card_person_id_kind")),
    )
    op.create_index("ix_card_person_id", "card", ["person_id"])


def _bookings() -> None:
    op.drop_index("uq_booking_once", table_name="booking")
    with op.batch_alter_table("booking") as batch:
        batch.drop_constraint(op.f("ck_booking_state"), type_="check")
        batch.add_column(_column("series_id", sa.Text()))
        batch.add_column(_column("coming_at", INSTANT()))
        batch.add_column(_column("absence", sa.Text()))
        batch.add_column(_column("told_at", INSTANT()))
        batch.add_column(_column("absent_from", INSTANT()))
        batch.add_column(_column("absent_to", INSTANT()))
        batch.create_foreign_key(
            op.f("fk_booking_series_id_series"), "series", ["series_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_booking_state"), f"state IN {STATES}")
        batch.create_check_constraint(
            op.f("ck_booking_absence"), "absence IN ('ill', 'child_ill', 'other')"
        )
        batch.create_check_constraint(
            op.f("ck_booking_absent"), "(absent_from IS NULL) = (absent_to IS NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_booking_enrolled"), "state != 'enrolled' OR series_id IS NOT NULL"
        )
    op.create_index("ix_booking_series_id", "booking", ["series_id"])
    for name, columns, where in (
        ("uq_booking_once", ["person_id", "meeting_id"], OPEN),
        ("uq_booking_enrolled", ["person_id", "series_id"], ENROLMENT),
    ):
        op.create_index(
            name,
            "booking",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
