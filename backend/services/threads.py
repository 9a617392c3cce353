"""Conversations as staff see them: which wait for a person, and one from its beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import transcript
from backend.models import Address, Contact, Conversation, Handoff, Message
from backend.talks.switchboard import NoSuchThread
from backend.work import Work
from dialogs.reaching import LETTERBOXES


@dataclass(frozen=True)
class Left:
    """Something that waits for a person, and what she has written since she left it."""

    handoff: Handoff
    language: str
    written: tuple[Message, ...]
    number: bytes | None  # of a wish to be called, sealed


@dataclass(frozen=True)
class Thread:
    """One conversation and what belongs to it."""

    conversation: Conversation
    address: Address
    messages: Sequence[Message]
    waiting: Sequence[Handoff]
    planned: Sequence[Message]

    @property
    def up_to(self) -> int:
        """The number of its last change."""
        return self.conversation.counter

    @property
    def is_reachable(self) -> bool:
        """Whether what is sent can arrive, as far as we know."""
        gone = self.address.unreachable_at
        return gone is None or gone < self.conversation.seen_at


async def left(session: AsyncSession) -> list[Left]:
    """Every message left and every wish to be called, the oldest first."""
    waiting = await session.execute(
        select(Handoff, Conversation.language, Contact.sealed)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .outerjoin(Contact, Contact.id == Handoff.contact_id)
        .where(Handoff.state == "open", Handoff.kind != "talk")
        .order_by(Handoff.opened_at, Handoff.id)
    )
    written: dict[str, list[Message]] = {}
    for handoff, message in await session.execute(_written_since()):
        written.setdefault(handoff, []).append(message)
    return [
        Left(handoff, language, tuple(written.get(handoff.id, ())), number)
        for handoff, language, number in waiting
    ]


async def answered_since(session: AsyncSession, since: datetime) -> list[tuple[Handoff, str]]:
    """What was closed lately, with the person's language, the last first."""
    rows = await session.execute(
        select(Handoff, Conversation.language)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.state == "answered", Handoff.closed_at >= since)
        .order_by(Handoff.closed_at.desc())
        .limit(20)
    )
    return [(handoff, language) for handoff, language in rows]


async def undelivered(session: AsyncSession, threads: Sequence[str]) -> frozenset[str]:
    """Those of some conversations in which the last thing a coach wrote could not be sent."""
    rows = await session.execute(
        select(Message.conversation_id, Message.state)
        .where(Message.conversation_id.in_(threads), Message.author == "coach")
        .order_by(Message.seq)
    )
    last = {thread: state for thread, state in rows if thread}
    return frozenset(thread for thread, state in last.items() if state == "failed")


async def find(session: AsyncSession, thread: str) -> Thread:
    """A conversation with its last messages. Raises NoSuchThread."""
    row = (
        await session.execute(
            select(Conversation, Address)
            .join(Address, Address.id == Conversation.address_id)
            .where(Conversation.id == thread, Address.channel.not_in(LETTERBOXES))
        )
    ).first()
    if row is None:
        raise NoSuchThread(thread)
    conversation, address = row
    waiting = await session.scalars(
        select(Handoff)
        .where(
            Handoff.person_id == conversation.person_id,
            Handoff.state == "open",
            Handoff.kind != "talk",
        )
        .order_by(Handoff.opened_at)
    )
    planned = await session.scalars(
        select(Message)
        .where(Message.person_id == conversation.person_id, Message.state == "planned")
        .order_by(Message.due_at)
        .limit(transcript.MOST)
    )
    messages = await transcript.latest_messages(session, thread)
    return Thread(conversation, address, messages, waiting.all(), planned.all())


async def of_people(session: AsyncSession, people: Sequence[str]) -> Mapping[str, Conversation]:
    """The conversation each of some people used last."""
    rows = await session.scalars(
        select(Conversation)
        .where(Conversation.person_id.in_(people))
        .order_by(Conversation.seen_at, Conversation.id)
    )
    return {conversation.person_id: conversation for conversation in rows}


async def note_read(work: Work, thread: str, up_to: int) -> None:
    """Journal that someone has read a conversation, and how far staff have come in it."""
    session = await work.writing()
    work.note("conversation", thread, "read", up_to=up_to)
    await work.write_journal()
    await session.execute(
        update(Conversation)
        .where(Conversation.id == thread, Conversation.read_up_to < up_to)
        .values(read_up_to=up_to)
    )


def _written_since() -> Select[str, Message]:
    """What was written in a conversation after something was left there."""
    return (
        select(Handoff.id, Message)
        .join(
            Message,
            and_(
                Message.conversation_id == Handoff.conversation_id,
                Message.direction == "in",
                Message.created_at >= Handoff.opened_at,
            ),
        )
        .where(Handoff.state == "open", Handoff.kind == "message")
        .order_by(Message.seq)
    )
