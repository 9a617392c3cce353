"""A person without a name: how to reach her, her papers, what she is to be reminded of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

CARDS = ("introduction", "job", "action", "study")  # the city, a jobbtorg, the state, a school


class Person(Base):
    """Someone who uses Ingång. Pseudonymous: no name, no number, no address.

    ``needs`` are practical ones she has picked from a list: a lift, a child along. ``reach``
    names channels in the order she wants reminders by; empty is where she wrote last.
    ``first_weeks`` is her checklist: which one, and what she has ticked.
    """

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime]
    needs: Mapped[list[str]] = mapped_column(default=list)
    reach: Mapped[list[str]] = mapped_column(default=list)
    first_weeks: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Address(Base):
    """An account on a channel. ``account`` is a keyed fingerprint, ``sealed`` the encrypted id.

    A telephone number or mail address counts once ``confirmed``: she has typed the code that was
    sent there. ``tries`` counts wrong codes.
    """

    __tablename__ = "address"
    __table_args__ = (UniqueConstraint("channel", "account"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    account: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    unreachable_at: Mapped[datetime | None]
    leaving_at: Mapped[datetime | None]  # erased; goes when its last message is delivered
    confirmed: Mapped[bool] = mapped_column(default=True)
    tries: Mapped[int] = mapped_column(default=0)


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
    """A date a person wants to be reminded of. ``done_for`` is the last day she has met.

    ``counted_from`` is the day she gave, from which it is counted, such as when her permit ends.
    """

    __tablename__ = "deadline"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    since: Mapped[datetime]
    done_for: Mapped[date | None] = mapped_column(Date)
    counted_from: Mapped[date | None] = mapped_column(Date)


class Card(Base):
    """One of her papers: whose plan it is, whom to ask, and its next date. Never the plan itself.

    ``contact`` and ``line`` are sealed. ``began`` is the day of the first meeting, from which the
    plan's own dates are counted; ``paused`` silences them until ``paused_until`` or for good.
    """

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("person_id", "kind"),
        CheckConstraint(f"kind IN {CARDS}", name="kind"),
        CheckConstraint("paused IN ('parent', 'ill')", name="paused"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    line: Mapped[bytes | None] = mapped_column(LargeBinary)
    next_on: Mapped[date | None] = mapped_column(Date)
    began: Mapped[date | None] = mapped_column(Date)
    reminds: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[str | None]
    paused_until: Mapped[date | None] = mapped_column(Date)
    changed_by: Mapped[str] = mapped_column(default="person")  # or staff
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=0)


class Handoff(Base):
    """Something that waits for a person: a talk, a message left, or a wish to be called.

    A talk that nobody could take becomes a message left. ``rating`` is one of three faces after
    it; ``language`` and ``topic`` (of the last answer before it) stay for figures. ``note`` is
    what a coach has told the next one.
    """

    __tablename__ = "handoff"
    __table_args__ = (
        CheckConstraint("kind IN ('message', 'call', 'talk')", name="kind"),
        CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
        CheckConstraint("rating BETWEEN 1 AND 3", name="rating"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", index=True)
    wish: Mapped[str] = mapped_column(default="any")
    opened_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    staff_id: Mapped[str | None]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]
    topic: Mapped[str | None]
    note: Mapped[str | None]
    rating: Mapped[int | None]
