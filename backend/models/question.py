"""What people ask, and what came of it. Nobody is named unless she wants to be told."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, Date, Float, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base


class Question(Base):
    """One question, without numbers or addresses, on a day and not at a time.

    ``id`` is a keyed fingerprint of the token that her buttons carry: the table alone links no
    question to a conversation. ``outcome`` is answer, choices or unknown.
    """

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_missed", "language", "asked_on"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    asked_on: Mapped[date] = mapped_column(Date)
    language: Mapped[str]
    text: Mapped[str]
    outcome: Mapped[str]
    shown: Mapped[list[str]] = mapped_column(JSON)
    score: Mapped[float] = mapped_column(Float)
    chosen: Mapped[str | None]
    helped: Mapped[bool | None]
    person_id: Mapped[str | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
