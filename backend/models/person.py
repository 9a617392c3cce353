"""A person without a name: how to reach her, what she has asked to be reminded of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class Person(Base):
    """Someone who uses Ingång. Pseudonymous: no name, no number, no address.

    ``needs`` are practical ones she has picked from a list: a lift, a child along.
    """

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime]
    needs: Mapped[list[str]] = mapped_column(default=list)


class Address(Base):
    """An account on a channel. ``account`` is a keyed fingerprint, ``sealed`` the encrypted id."""

    __tablename__ = "address"
    __table_args__ = (UniqueConstraint("channel", "account"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    account: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    unreachable_at: Mapped[datetime | None]
    leaving_at: Mapped[datetime | None]  # erased; goes when its last message is delivered


class Contact(Base):
    """A telephone number given for one purpose, encrypted, deleted when used up."""

    __tablename__ = "contact"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Notice(Base):
    """Which information text a person was shown, and when."""

    __tablename__ = "notice"

    person_id: Mapped[str] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    shown_at: Mapped[datetime]


class Deadline(Base):
    """A recurring date a person wants to be reminded of. ``done_for`` is the date it was met."""

    __tablename__ = "deadline"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    since: Mapped[datetime]
    done_for: Mapped[date | None] = mapped_column(Date)


class Handoff(Base):
    """Something that waits for a person: a message left, or a wish to be called."""

    __tablename__ = "handoff"
    __table_args__ = (
        CheckConstraint("kind IN ('message', 'call')", name="kind"),
        CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", index=True)
    wish: Mapped[str] = mapped_column(default="any")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    staff_id: Mapped[str | None]
