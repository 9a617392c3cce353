"""What people ask, and what came of it. Nobody is named unless she wants to be told."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, Float, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base


class Question(Base):
    """One question, without numbers or addresses, on a day and not at a time.

    ``id`` is a keyed fingerprint of the token that her buttons carry: the table alone links no
    question to a conversation. ``outcome`` is answer, choices or unknown. ``answered`` is the
    article that an editor says answers it; whoever wanted to hear has been told then.
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
    answered: Mapped[str | None]
    person_id: Mapped[str | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )


class ArticleEdit(Base):
    """An editor's text, laid over the article's files; ``ingang kb export`` writes it out.

    ``text`` is the whole file: front matter and body of one language, or ``article.toml`` where
    ``language`` is empty. ``recording`` is the answer read aloud. ``base`` is the hash of the
    file it was laid over, None when there was none: a newer file is noticed.
    """

    __tablename__ = "article_edit"
    __table_args__ = (CheckConstraint("state IN ('draft', 'approved')", name="state"),)

    slug: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True, default="")
    text: Mapped[str | None]
    recording: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(default="draft")
    base: Mapped[str | None]
    staff_id: Mapped[str | None]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=0)
