"""What can be booked, where, and when those who give it are there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

MINUTES_OF_A_DAY = 1_440
EVERYWHERE = "*"


class Service(Base):
    """A kind of meeting or activity, from the site file. Texts are ``{language: text}``.

    ``edits`` holds what was changed in the console, by column; it is laid over the file's values.
    No ``units`` means wherever its coaches are.
    """

    __tablename__ = "service"
    __table_args__ = (CheckConstraint("minutes BETWEEN 5 AND 600", name="minutes"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[dict[str, Any]]
    about: Mapped[dict[str, Any]]
    bring: Mapped[dict[str, Any]]
    minutes: Mapped[int]
    before_minutes: Mapped[int] = mapped_column(default=0)
    after_minutes: Mapped[int] = mapped_column(default=10)
    notice_minutes: Mapped[int] = mapped_column(default=120)
    horizon_days: Mapped[int] = mapped_column(default=42)
    per_day: Mapped[int | None]  # at most so many of a coach's day
    modes: Mapped[list[str]] = mapped_column(default=lambda: ["on_site"])
    units: Mapped[list[str]] = mapped_column(default=list)
    by_request: Mapped[bool] = mapped_column(default=False)  # a coach says yes first
    by_referral: Mapped[bool] = mapped_column(default=False)  # only staff book it
    is_group: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=True)
    edits: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Unit(Base):
    """A place where meetings are held, from the site file; ``edits`` as for a service.

    ``opening`` is when people answer there: ``{"week": {"1": [["08:00", "16:30"]]}, "days":
    {"2026-12-23": [["08:00", "12:00"]]}}``, by ISO weekday and by day that differs.
    """

    __tablename__ = "unit"

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    address: Mapped[str]
    door: Mapped[dict[str, Any]]
    floor: Mapped[str | None]
    step_free: Mapped[dict[str, Any]] = mapped_column(default=dict)
    map_url: Mapped[str | None]
    districts: Mapped[list[str]]
    aliases: Mapped[list[str]]
    opening: Mapped[dict[str, Any]] = mapped_column(default=dict)
    edits: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Hours(Base):
    """A coach's weekly hours at a unit: ISO weekday, minutes since local midnight."""

    __tablename__ = "hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint(
            f"0 <= from_minute AND from_minute < to_minute AND to_minute <= {MINUTES_OF_A_DAY}",
            name="span",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    weekday: Mapped[int]
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)


class Override(Base):
    """One day that differs: other hours, or none. Replaces that day's weekly hours."""

    __tablename__ = "override"
    __table_args__ = (
        CheckConstraint(
            f"0 <= from_minute AND from_minute < to_minute AND to_minute <= {MINUTES_OF_A_DAY}",
            name="span",
        ),
    )

    staff_id: Mapped[str] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    from_minute: Mapped[int] = mapped_column(primary_key=True)
    to_minute: Mapped[int]
    is_open: Mapped[bool]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id", ondelete="SET NULL"))


class Closure(Base):
    """A day a unit is closed, or every unit ("*"), from a minute of that day on.

    From minute 1440 on is not closed at all: a holiday on which staff have said they work.
    """

    __tablename__ = "closure"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    unit_id: Mapped[str] = mapped_column(primary_key=True, default=EVERYWHERE)
    name: Mapped[str]
    from_minute: Mapped[int] = mapped_column(default=0)


class Busy(Base):
    """When a coach is taken, by her own calendar: read again and again, never written there."""

    __tablename__ = "busy"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="span"),)

    staff_id: Mapped[str] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(primary_key=True)


class Feed(Base):
    """A calendar address somebody subscribes to. Its token is derived from the id and our key."""

    __tablename__ = "feed"
    __table_args__ = (CheckConstraint("kind IN ('person', 'staff')", name="kind"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    owner: Mapped[str] = mapped_column(index=True)  # a person's or a staff member's id
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Invitation(Base):
    """An e-mail to a coach's own calendar: a meeting, a change of it, or its end.

    It says all it needs itself, so that a meeting can move on to another coach meanwhile.
    ``version`` is the booking's, and the event's SEQUENCE.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("booking_id", "version", "staff_id", "method"),
        CheckConstraint("method IN ('REQUEST', 'CANCEL')", name="method"),
        CheckConstraint("state IN ('due', 'sent', 'failed', 'void')", name="state"),
        Index("ix_invitation_due", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    booking_id: Mapped[str]
    version: Mapped[int]
    method: Mapped[str]
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    mode: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="due")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
