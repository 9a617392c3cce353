"""The inbox, the conversation, and the message rows that are transcript and outbox at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from backend.models.base import Base, Counter, new_id

OWNERS = ("assistant", "queue", "coach", "left")
STATES = ("planned", "due", "sending", "sent", "delivered", "read", "failed", "void")


class Inbox(Base):
    """What came in, stored before it was acknowledged. ``event`` is emptied when it is done.

    ``id`` is the order of arrival. ``tapped_message`` is the message whose button was tapped.
    ``file`` is a photo or a recording, cleaned; it moves to the message row in its turn.
    ``acted_message`` and ``acted_index`` name the action that ran; being unique, it runs once.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "account", "message_id"),
        UniqueConstraint("channel", "update_id"),
        UniqueConstraint("acted_message", "acted_index"),
        CheckConstraint("state IN ('new', 'done', 'failed')", name="state"),
        Index("ix_inbox_waiting", "channel", "account", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    channel: Mapped[str]
    account: Mapped[str]
    message_id: Mapped[str]
    update_id: Mapped[str | None]
    sender: Mapped[bytes | None] = mapped_column(LargeBinary)  # the account id, encrypted
    event: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    tapped_message: Mapped[str | None]
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="new", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    acted_message: Mapped[str | None]
    acted_index: Mapped[int | None]


class Conversation(Base):
    """One address's thread. ``counter`` numbers its messages and every later change to them.

    ``owner`` speaks with her; each change of it counts ``epoch`` up, in one guarded update.
    ``talk`` is what else the hand-over remembers, ``timer_at`` when something follows by itself.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint(f"owner IN {OWNERS}", name="owner"),
        CheckConstraint("(owner = 'coach') = (coach_id IS NOT NULL)", name="coach"),
        Index("ix_conversation_timer", "timer_at"),
        Index("ix_conversation_owner", "owner", "asked_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    address_id: Mapped[str] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), unique=True
    )
    language: Mapped[str]
    chosen: Mapped[bool] = mapped_column(default=False)
    place: Mapped[dict[str, Any]] = mapped_column(default=dict)  # place, listen, trail
    page_id: Mapped[str | None]  # the message whose buttons are on screen
    seen_at: Mapped[datetime]  # when she last wrote or tapped
    version: Mapped[int] = mapped_column(default=0)
    counter: Mapped[int] = mapped_column(default=0)
    unit_id: Mapped[str | None]  # whose page she began on
    owner: Mapped[str] = mapped_column(default="assistant")
    epoch: Mapped[int] = mapped_column(default=0)
    coach_id: Mapped[str | None]
    asked_at: Mapped[datetime | None]  # when she asked for a person, in this episode
    timer_at: Mapped[datetime | None]
    talk: Mapped[dict[str, Any]] = mapped_column(default=dict)
    read_up_to: Mapped[int] = mapped_column(default=0)  # by staff
    lease_until: Mapped[datetime | None]
    lease: Mapped[str | None]
    paced_until: Mapped[datetime | None]  # the channel takes nothing more for her before then


class Message(Base):
    """One message, untranslated: in the transcript once it has a ``seq``, planned until then.

    ``channel`` names the one a planned message is for, when the one before it has failed.
    ``file`` is a photo or a recording, ``media`` what it is; both go before the words do.
    ``translation`` is a machine's, of her words or a coach's: ``{"language": …, "text": …}``.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("dedupe"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("author IN ('person', 'assistant', 'coach', 'system')", name="author"),
        CheckConstraint(
            "(state IN ('planned', 'void', 'failed')) OR (seq IS NOT NULL)", name="released"
        ),
        Index("ix_message_cursor", "conversation_id", "changed"),
        Index("ix_message_due", "state", "due_at"),
        Index("ix_message_about", "about", "state"),
        Index("ix_message_reference", "reference"),
        Index(
            "ix_message_file",
            "created_at",
            sqlite_where=text("media IS NOT NULL"),
            postgresql_where=text("media IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE")
    )
    seq: Mapped[int | None]
    changed: Mapped[int | None]
    direction: Mapped[str]
    author: Mapped[str]
    staff_id: Mapped[str | None]
    body: Mapped[dict[str, Any]]
    about: Mapped[str | None]
    about_version: Mapped[int | None]
    priority: Mapped[int] = mapped_column(default=1)
    dedupe: Mapped[str | None]
    channel: Mapped[str | None]
    reference: Mapped[str | None]  # the channel's or the widget's own id of the message
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    state: Mapped[str]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    language: Mapped[str | None]
    sent_text: Mapped[str | None]
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    media: Mapped[str | None]
    has_file: Mapped[bool] = column_property(file.is_not(None))
    translation: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sent_at: Mapped[datetime | None]
