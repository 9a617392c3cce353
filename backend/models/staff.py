"""Those who work here, and their signed-in sessions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class Staff(Base):
    """An account of the console; a coach also has languages, services and hours.

    ``keeps_hours``: her weekly hours are kept in the console, not in the site file. What is
    ``sealed`` is encrypted. ``totp_used`` is the last time step a code was used for. Who is
    ``on_duty`` takes talks, ``most_talks`` at once, while a page of hers is open (``present_at``).
    """

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("role IN ('coach', 'coordinator', 'editor', 'admin')", name="role"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]  # what newcomers see: a first name
    role: Mapped[str]
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="sv")  # of the console
    languages: Mapped[list[str]]
    services: Mapped[list[str]]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    email: Mapped[str | None]  # at work, for invitations to her own calendar
    keeps_hours: Mapped[bool] = mapped_column(default=False)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_used: Mapped[int] = mapped_column(BigInteger, default=0)
    busy_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # her calendar's address
    busy_read_at: Mapped[datetime | None]
    digest_on: Mapped[date | None] = mapped_column(Date)  # the Friday of her last digest
    busy_fault: Mapped[str | None]  # a name of what went wrong, never what was read
    on_duty: Mapped[bool] = mapped_column(default=False)
    present_at: Mapped[datetime | None]
    most_talks: Mapped[int] = mapped_column(default=4)


class StaffSession(Base):
    """A signed-in browser: only the token's hash is kept, and signing out deletes the row."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
