"""Activities that come back: a rule in wall time, from which meetings are made as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

SERIES_STATES = ("suggested", "open", "refused", "ended")
SERIES_SOURCES = ("site", "console", "import", "association")


class Series(Base):
    """An activity that takes place once or again and again. Texts are ``{language: text}``.

    ``first`` and ``rule`` (RFC 5545 RRULE without DTSTART, empty for once) are wall time and say
    when its meetings are made; a meeting that exists is moved or called off by itself.
    ``enrols``: one signs up for all of it, as for a course, not for each occasion. ``uid`` is how
    the site file or an import recognises it. ``contact`` is the sealed mail address of the
    association that suggested it, and is deleted when that is decided.
    """

    __tablename__ = "series"
    __table_args__ = (
        CheckConstraint(f"state IN {SERIES_STATES}", name="state"),
        CheckConstraint(f"source IN {SERIES_SOURCES}", name="source"),
        CheckConstraint("minutes BETWEEN 5 AND 600", name="minutes"),
        CheckConstraint("capacity >= 1", name="capacity"),
        CheckConstraint("mode IN ('on_site', 'phone', 'video')", name="mode"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))  # who leads it
    name: Mapped[dict[str, Any]] = mapped_column(default=dict)  # empty: the service's own
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    organiser: Mapped[str | None]  # an association's name; None is the centre itself
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    mode: Mapped[str] = mapped_column(default="on_site")
    first: Mapped[str]  # "2027-01-11T09:00"
    minutes: Mapped[int]
    zone: Mapped[str] = mapped_column(default="Europe/Stockholm")
    rule: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int]
    skips_closures: Mapped[bool] = mapped_column(default=True)
    enrols: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="console")
    uid: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="open", index=True)
    made_until: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
