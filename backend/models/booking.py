"""Meetings, bookings, and the claims that make double booking impossible in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

OPEN = ("waiting", "held", "requested", "proposed", "confirmed", "enrolled")
BOOKING_STATES = (*OPEN, "attended", "no_show", "excused", "cancelled", "expired")
WITH_TIME = ("held", "confirmed", "attended", "no_show", "excused")
UNTIL = ("held", "proposed")  # wait for her answer, and not for ever
ABSENCES = ("ill", "child_ill", "other")
INTERPRETER_STATES = ("none", "wanted", "booked", "failed", "to_cancel", "cancelled")
ENROLMENT = "meeting_id IS NULL AND state IN ('enrolled', 'waiting')"


class Meeting(Base):
    """A time and a place. Wall time and zone are the truth; the instants are derived from them.

    One of a series keeps in ``series_start`` the wall time its rule gave it, by which it is known
    again however it is moved.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("series_id", "series_start"),
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="seats"),
        CheckConstraint("state IN ('planned', 'cancelled', 'done')", name="state"),
        CheckConstraint("mode IN ('on_site', 'phone', 'video')", name="mode"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    series_id: Mapped[str | None] = mapped_column(ForeignKey("series.id"))
    series_start: Mapped[str | None]  # "2026-11-23T09:00"
    mode: Mapped[str] = mapped_column(default="on_site")
    local_start: Mapped[str]  # "2026-11-23T09:00"
    zone: Mapped[str] = mapped_column(default="Europe/Stockholm")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    capacity: Mapped[int] = mapped_column(default=1)
    taken: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="planned")
    version: Mapped[int] = mapped_column(default=0)


class Booking(Base):
    """This person × this meeting: queue row, seat and attendance at once.

    ``person_id`` has no foreign key: when a person is erased, a past booking moves to a fresh
    random id, so that figures stay right and lead to nobody. ``meeting_id`` is None while there is
    no time yet: she waits for one, or a coach has proposed some (``proposals``: slots as JSON).
    ``offered`` names the times she was offered while she waited; ``instead_of`` is the booking
    she would give up for an earlier time. An enrolment is this person × this series; the seats it
    gives her at each meeting carry its ``series_id`` too. ``coming_at`` is when she said that she
    comes; ``absence`` and ``told_at`` why she does not, and when she said so; ``absent_from`` and
    ``absent_to`` what staff have noted of a time she was away.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint(f"state IN {BOOKING_STATES}", name="state"),
        CheckConstraint(f"(state IN {UNTIL}) = (hold_until IS NOT NULL)", name="hold"),
        CheckConstraint(f"meeting_id IS NOT NULL OR state NOT IN {WITH_TIME}", name="time"),
        CheckConstraint(f"interpreter IN {INTERPRETER_STATES}", name="interpreter"),
        CheckConstraint(f"absence IN {ABSENCES}", name="absence"),
        CheckConstraint("(absent_from IS NULL) = (absent_to IS NULL)", name="absent"),
        CheckConstraint("state != 'enrolled' OR series_id IS NOT NULL", name="enrolled"),
        Index(
            "uq_booking_once",
            "person_id",
            "meeting_id",
            unique=True,
            sqlite_where=text(f"state IN {OPEN}"),
            postgresql_where=text(f"state IN {OPEN}"),
        ),
        Index(
            "uq_booking_enrolled",
            "person_id",
            "series_id",
            unique=True,
            sqlite_where=text(ENROLMENT),
            postgresql_where=text(ENROLMENT),
        ),
        Index("ix_booking_queue", "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(index=True)
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    series_id: Mapped[str | None] = mapped_column(ForeignKey("series.id"), index=True)
    state: Mapped[str]
    hold_until: Mapped[datetime | None]
    instead_of: Mapped[str | None] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), index=True
    )
    proposals: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    offered: Mapped[list[str]] = mapped_column(default=list)
    interpreter: Mapped[str] = mapped_column(default="none")
    interpreter_need: Mapped[dict[str, Any]] = mapped_column(default=dict)
    coming_at: Mapped[datetime | None]
    absence: Mapped[str | None]
    told_at: Mapped[datetime | None]
    absent_from: Mapped[datetime | None]
    absent_to: Mapped[datetime | None]
    marked_at: Mapped[datetime | None]  # when somebody said whether she came
    closed_by: Mapped[str | None]  # person, coach or system
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    seen_by_staff: Mapped[bool] = mapped_column(default=False)


class Claim(Base):
    """Five minutes of something scarce: a coach, a person, or a person's one open booking.

    The primary key is the guard. ``until`` set: the claim lapses then, and may be taken over.
    """

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("booking_id", "resource", "cell", "lane"),
        CheckConstraint("lane >= 0", name="lane"),
    )

    resource: Mapped[str] = mapped_column(primary_key=True)
    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    lane: Mapped[int] = mapped_column(primary_key=True, default=0)
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    until: Mapped[datetime | None]
