"""What became of a leased message, written at once: sent, to be tried again, or given up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import reach
from backend.delivery.heads import Parcel
from backend.models import Address, Conversation, Message
from backend.models.base import table

UNREACHABLE = "unreachable"

# Made once, not for each message: these three are all that one costs which goes well.
CHAT, MESSAGE = table(Conversation).c, table(Message).c
MINE = (
    MESSAGE.id == bindparam("message"),
    MESSAGE.attempts == bindparam("attempt"),
    MESSAGE.state == "sending",
)
OURS = select(MESSAGE.id).where(*MINE)
COUNT = (
    update(table(Conversation))
    .where(CHAT.id == bindparam("chat"))
    .values(counter=CHAT.counter + 1, paced_until=bindparam("paced"))
    .returning(CHAT.counter)
)
SENT = (
    update(table(Message))
    .where(*MINE)
    .values(
        state="sent",
        changed=bindparam("number"),
        reference=bindparam("given"),
        sent_at=bindparam("now"),
        lease_until=None,
    )
)


async def is_ours(session: AsyncSession, parcel: Parcel) -> bool:
    """Whether it is still to be sent, and by us: not void, and taken over by nobody."""
    given = {"message": parcel.message, "attempt": parcel.attempt}
    return await session.scalar(OURS, given) is not None


async def sent(
    session: AsyncSession, parcel: Parcel, reference: str | None, now: datetime, paced: datetime
) -> None:
    """It is with the channel, which takes nothing more for her before ``paced``."""
    changed = await session.scalar(COUNT, {"chat": parcel.conversation, "paced": paced})
    if changed is not None:  # else she was erased while her message was under way
        given = {"message": parcel.message, "attempt": parcel.attempt}
        given |= {"number": changed, "given": reference, "now": now}
        await session.execute(SENT, given)


async def not_sent(
    session: AsyncSession, parcel: Parcel, paced: datetime, **values: object
) -> bool:
    """Write another outcome; False when it is no longer ours to write."""
    changed = await session.scalar(COUNT, {"chat": parcel.conversation, "paced": paced})
    if changed is None:
        return False
    written = await session.scalar(
        update(Message)
        .where(
            Message.id == parcel.message,
            Message.attempts == parcel.attempt,
            Message.state == "sending",
        )
        .values(changed=changed, lease_until=None, **values)
        .returning(Message.id)
    )
    return written is not None


async def give_up(
    session: AsyncSession, parcel: Parcel, reason: str, now: datetime, paced: datetime
) -> None:
    """It cannot be delivered here; a reminder goes out by her next way, if she has one."""
    if await not_sent(session, parcel, paced, state="failed", error=reason):
        await reach.replan(session, parcel.message, now)


async def close_chat(session: AsyncSession, parcel: Parcel, since: datetime) -> None:
    """She cannot be reached at this address any more, from ``since`` until she writes again."""
    address = (
        select(Conversation.address_id)
        .where(Conversation.id == parcel.conversation)
        .scalar_subquery()
    )
    await session.execute(
        update(Address).where(Address.id == address).values(unreachable_at=since)
    )


async def give_up_the_rest(session: AsyncSession, parcel: Parcel, now: datetime) -> None:
    """What waits in a chat that is closed is not tried one by one."""
    changed = await session.scalar(COUNT, {"chat": parcel.conversation, "paced": now})
    given_up = await session.scalars(
        update(Message)
        .where(
            Message.conversation_id == parcel.conversation,
            Message.direction == "out",
            Message.state == "due",
        )
        .values(state="failed", error=UNREACHABLE, changed=changed)
        .returning(Message.id)
    )
    for message in given_up.all():
        await reach.replan(session, message, now)
