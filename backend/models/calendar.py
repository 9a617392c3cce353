"""What can be booked, where, and when those who give it are there."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

MINUTES_OF_A_DAY = 1_440
EVERYWHERE = "*"


class Service(Base):
    """A kind of meeting or activity, from the site file. Texts are ``{language: text}``."""

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
    is_group: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=True)


class Unit(Base):
    """A place where meetings are held, from the site file."""

    __tablename__ = "unit"

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]
    address: Mapped[str]
    door: Mapped[dict[str, Any]]
    map_url: Mapped[str | None]
    districts: Mapped[list[str]]
    aliases: Mapped[list[str]]


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
    """A day a unit is closed, or every unit ("*"), from a minute of that day on."""

    __tablename__ = "closure"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    unit_id: Mapped[str] = mapped_column(primary_key=True, default=EVERYWHERE)
    name: Mapped[str]
    from_minute: Mapped[int] = mapped_column(default=0)
