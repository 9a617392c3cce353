"""A conversation's row: loaded for a turn without a lock, saved by compare-and-swap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import String, and_, func, insert, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.events import load_event
from backend.inbox import Sender
from backend.models import Address, Conversation, Inbox, Message, Person
from backend.models.base import new_id
from backend.services.catalogue import current_version
from backend.talks.rows import talk_of
from dialogs.messages import Event, Place, Started
from dialogs.session import Offered, Session
from dialogs.stored import dump_place, load_place, load_reply
from dialogs.talks import Owner, Talk


class StaleConversation(Exception):
    """Another process has moved this conversation on; the turn must be run again."""


@dataclass(frozen=True)
class Loaded:
    """One event to run and the state it meets. ``has_more``: others of hers wait behind it."""

    row: int
    message_id: str
    event: Event
    at: datetime
    sealed: bytes
    session: Session
    conversation: str
    address: str
    offered: Offered | None
    is_new: bool
    catalogue: int
    has_more: bool
    is_leaving: bool
    talk: Talk = field(default_factory=Talk)
    unit: str | None = None

    @property
    def key(self) -> str:
        """The event's name: the same each time it is run."""
        return f"inbox:{self.row}"


async def load_next(session: AsyncSession, sender: Sender, language: str) -> Loaded | None:
    """The sender's oldest waiting event, and her conversation, in one query."""
    done = aliased(Inbox)
    acted = (
        select(func.aggregate_strings(sql_cast(done.acted_index, String), " "))
        .where(done.acted_message == Message.id)
        .scalar_subquery()
    )
    statement = (
        select(
            Inbox,
            Address,
            Conversation,
            Message,
            acted,
            current_version().scalar_subquery(),
        )
        .outerjoin(
            Address, and_(Address.channel == Inbox.channel, Address.account == Inbox.account)
        )
        .outerjoin(Conversation, Conversation.address_id == Address.id)
        .outerjoin(
            Message,
            and_(
                Message.id == func.coalesce(Inbox.tapped_message, Conversation.page_id),
                Message.conversation_id == Conversation.id,
            ),
        )
        .where(
            Inbox.channel == sender.channel,
            Inbox.account == sender.account,
            Inbox.state == "new",
        )
        .order_by(Inbox.id)
        .limit(2)
    )
    rows = (await session.execute(statement)).all()
    if not rows:
        return None
    inbox, address, conversation, message, indexes, catalogue = rows[0]
    return Loaded(
        inbox.id,
        inbox.message_id,
        load_event(inbox.event or {}),
        inbox.at,
        inbox.sender or b"",
        _session(conversation) if conversation else Session(new_id(), language),
        conversation.id if conversation else new_id(),
        address.id if address else new_id(),
        _offered(message, indexes),
        conversation is None,
        catalogue or 0,
        len(rows) > 1,
        bool(address and address.leaving_at),
        talk_of(conversation) if conversation else Talk(),
        conversation.unit_id if conversation else None,
    )


async def create(session: AsyncSession, loaded: Loaded, sender: Sender, now: datetime) -> None:
    """A person, an address and a conversation, for someone who comes for the first time."""
    person = loaded.session.person
    await session.execute(insert(Person).values(id=person, created_at=now))
    await session.execute(
        insert(Address).values(
            id=loaded.address,
            person_id=person,
            channel=sender.channel,
            account=sender.account,
            sealed=loaded.sealed,
        )
    )
    await session.execute(
        insert(Conversation).values(
            id=loaded.conversation,
            person_id=person,
            address_id=loaded.address,
            language=loaded.session.language,
            place={},
            unit_id=loaded.event.unit if isinstance(loaded.event, Started) else None,
            seen_at=now,
        )
    )


async def stay(session: AsyncSession, address: str) -> None:
    """Whoever goes on after having been deleted stays, as the new person that she is."""
    await session.execute(update(Address).where(Address.id == address).values(leaving_at=None))


async def save(
    session: AsyncSession,
    conversation: str,
    after: Session,
    page: str | None,
    messages: int,
    now: datetime,
    handover: Mapping[str, object] | None = None,
) -> int:
    """Store where the conversation is and number its new messages; the last number before them.

    ``page`` is the message whose buttons are on screen, None when it is the same as before;
    ``handover`` is what has changed of who owns it.

    Raises StaleConversation when someone else has saved a turn since it was loaded.
    """
    counter: int | None = await session.scalar(
        update(Conversation)
        .where(Conversation.id == conversation, Conversation.version == after.version)
        .values(
            language=after.language,
            chosen=after.chosen,
            place=_dump_position(after),
            page_id=Conversation.page_id if page is None else page,
            seen_at=now,
            version=after.version + 1,
            counter=Conversation.counter + messages,
            **(handover or {}),
        )
        .returning(Conversation.counter)
    )
    if counter is None:
        raise StaleConversation(conversation)
    return counter - messages


async def number(session: AsyncSession, conversation: str, count: int = 1) -> int:
    """Take the next numbers of a conversation's counter; the last one before them."""
    counter: int | None = await session.scalar(
        update(Conversation)
        .where(Conversation.id == conversation)
        .values(counter=Conversation.counter + count)
        .returning(Conversation.counter)
    )
    if counter is None:
        raise StaleConversation(conversation)
    return counter - count


async def listen(session: AsyncSession, conversation: str, place: Place | None) -> None:
    """What is typed next goes to ``place``. Where she was stays: Back still leads there.

    Her position is read here and not earlier, under the lock its message was numbered with.
    """
    hers = Conversation.id == conversation
    before = await session.scalar(select(Conversation.place).where(hers))
    position = {**(before or {}), "listen": place and dump_place(place)}
    await session.execute(update(Conversation).where(hers).values(place=position))


async def of_sender(session: AsyncSession, sender: Sender) -> Conversation | None:
    """A sender's conversation, or None when she has none yet."""
    return await session.scalar(
        select(Conversation)
        .join(Address, Address.id == Conversation.address_id)
        .where(Address.channel == sender.channel, Address.account == sender.account)
    )


def _session(row: Conversation) -> Session:
    position: Mapping[str, Any] = row.place
    return Session(
        row.person_id,
        row.language,
        row.chosen,
        _place(position.get("at")),
        _place(position.get("listen")),
        tuple(load_place(place) for place in position.get("trail", ())),
        row.version,
        cast("Owner", row.owner),
        bool(row.talk.get("is_live")),
    )


def _dump_position(session: Session) -> dict[str, Any]:
    return {
        "at": session.place and dump_place(session.place),
        "listen": session.listen and dump_place(session.listen),
        "trail": [dump_place(place) for place in session.trail],
    }


def _place(stored: Mapping[str, Any] | None) -> Place | None:
    return load_place(stored) if stored else None


def _offered(message: Message | None, acted: str | None) -> Offered | None:
    """The buttons on a message; ``acted`` lists the numbers of those that have run already."""
    if message is None or message.direction != "out":
        return None
    indexes = frozenset(int(index) for index in (acted or "").split())
    at_any_time = message.author == "coach" or message.about is not None
    return Offered(message.id, load_reply(message.body).buttons, indexes, at_any_time)
