"""A conversation's hand-over as columns of its row; one guarded update for each change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Conversation
from dialogs.talks import Owner, Talk

INSTANTS = ("since", "waits_since", "quiet_since", "told_at", "blocked_until")
PLAIN = ("told", "told_place", "is_live", "is_urgent")


class ChangedMeanwhile(Exception):
    """Somebody else has moved the conversation on; look again and try once more."""


def talk_of(row: Conversation) -> Talk:
    """The hand-over a row holds."""
    kept: Mapping[str, Any] = row.talk
    values = {name: kept[name] for name in PLAIN if name in kept}
    values |= {name: _instant(kept[name]) for name in INSTANTS if name in kept}
    return Talk(
        owner=cast("Owner", row.owner),
        epoch=row.epoch,
        coach=row.coach_id,
        asked_at=row.asked_at,
        **values,
    )


def columns_of(talk: Talk, due: datetime | None) -> dict[str, object]:
    """The columns of a hand-over; ``due`` is when something may follow by itself."""
    fresh = Talk()
    kept: dict[str, object] = {
        name: getattr(talk, name) for name in PLAIN if getattr(talk, name) != getattr(fresh, name)
    }
    kept |= {name: _milliseconds(at) for name in INSTANTS if (at := getattr(talk, name))}
    return {
        "owner": talk.owner,
        "epoch": talk.epoch,
        "coach_id": talk.coach,
        "asked_at": talk.asked_at,
        "timer_at": due,
        "talk": kept,
    }


async def save(
    session: AsyncSession, row: Conversation, talk: Talk, due: datetime | None, messages: int
) -> int:
    """Store a hand-over if nothing has changed since ``row`` was read; the last number taken.

    A turn that began before fails at its own guard, and is run again on what there is now.
    Raises ChangedMeanwhile.
    """
    counter: int | None = await session.scalar(
        update(Conversation)
        .where(
            Conversation.id == row.id,
            Conversation.epoch == row.epoch,
            Conversation.version == row.version,
        )
        .values(
            **columns_of(talk, due),
            version=row.version + 1,
            counter=Conversation.counter + messages,
        )
        .returning(Conversation.counter)
        .execution_options(synchronize_session=False)
    )
    if counter is None:
        raise ChangedMeanwhile(row.id)
    return counter - messages


async def end_all_of(session: AsyncSession, person: str) -> None:
    """Somebody who is deleted talks to nobody any more."""
    await session.execute(
        update(Conversation)
        .where(Conversation.person_id == person)
        .values(columns_of(Talk(), None) | {"epoch": Conversation.epoch + 1})
        .execution_options(synchronize_session=False)
    )


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
