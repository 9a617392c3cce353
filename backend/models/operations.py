"""Rows for running the service: the journal, the senders' buckets, and settings that change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, Counter


class Journal(Base):
    """Every transition: who, what, which. Ids, state names and versions, never free text."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_entity", "entity", "entity_id"),)

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str]  # person, system, or staff:<id>
    entity: Mapped[str]
    entity_id: Mapped[str]
    action: Mapped[str]
    data: Mapped[dict[str, Any]]


class Bucket(Base):
    """How much a channel may send now; ``closed_until`` after it asked everyone to wait."""

    __tablename__ = "bucket"

    channel: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime]
    closed_until: Mapped[datetime | None]


class Setting(Base):
    """A value that changes while the service runs, such as the catalogue's version."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
