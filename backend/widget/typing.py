"""Who writes just now: the newcomer, for the coaches; and for her, the coach who has her."""

from __future__ import annotations

from sqlalchemy import select

from backend.models import Conversation
from backend.runtime import Runtime
from backend.signals import PERSON, Signal

WITH_PEOPLE = ("queue", "coach")


def note_typing(runtime: Runtime, conversation: Conversation) -> None:
    """She writes. Only while a person reads it or will: nobody looks over her shoulder else."""
    if conversation.owner in WITH_PEOPLE:
        runtime.hub.does(Signal("typing", PERSON, conversation.id))


async def seconds_of_typing(runtime: Runtime, conversation: str) -> float:
    """For how long she may still see that a person writes to her; 0 when nobody does."""
    typing = runtime.hub.doing("typing", conversation)
    if not typing.keys() - {PERSON}:
        return 0
    async with runtime.database.reading() as session:
        coach = await session.scalar(
            select(Conversation.coach_id).where(Conversation.id == conversation)
        )
    return typing.get(coach or "", 0)
