"""By which way a reminder goes out, and what happens when that way fails.

Her chats come first unless she has said otherwise. A number or a mail address of hers takes
reminders only, and only once she has confirmed it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import insertion
from backend.models import Address, Booking, Conversation, Journal, Message, Person
from backend.models.base import new_id
from backend.reminders.rules import Quiet
from backend.reminders.timing import awake, is_quiet
from backend.work import PRIORITY, UNSENT
from dialogs.messages import Urgency
from dialogs.reaching import LETTERBOXES

REMINDER = PRIORITY[Urgency.REMINDER]
QUIET = Quiet()
ABOUT_BOOKING, ABOUT_DAY = "booking:", "day:"
ALREADY_OVER = ("void", "delivered", "read")


@dataclass(frozen=True)
class Route:
    """One address of hers that can be reached, and its conversation."""

    conversation: Conversation
    address: Address


async def conversation_for(
    session: AsyncSession, row: Message, among: Collection[str] | None = None
) -> tuple[Conversation, Address] | None:
    """Where a planned row is to be released, or None when she cannot be reached at all.

    The way the row names, when it can be reached; else a reminder goes by her own order, and all
    the rest to the chat she used last. ``among``: the channels that run here; None is all of them.
    The conversation's language is the one she chose last.
    """
    routes = await _routes(session, row, among)
    named = [route for route in routes if route.address.channel == row.channel]
    for route in (*named, *routes):
        return await _in_her_language(session, route), route.address
    return None


async def replan(
    session: AsyncSession, message: str, now: datetime, among: Collection[str] | None = None
) -> str | None:
    """A reminder has failed for good on its channel: plan it for her next way; the new row's id.

    None when it is no reminder, has expired, is about something that has changed since, or has
    been tried in every way. It is due now, or when the night is over unless it was meant for the
    night. In the caller's transaction; calling it twice plans it once.
    """
    row = await session.get(Message, message, populate_existing=True)
    if row is None or row.priority < REMINDER or row.state in ALREADY_OVER:
        return None
    if (row.expires_at and row.expires_at <= now) or not await still_holds(session, row):
        return None
    base = base_of(row)
    tried = await _tried(session, base, row)
    for route in await _routes(session, row, among):
        if route.address.channel not in tried:
            due = now if is_quiet(row.due_at, QUIET) else awake(now, QUIET)
            return await _plan_again(session, row, f"{base}|{route.address.channel}", now, due)
    return None


async def call_off(session: AsyncSession, row: Message) -> None:
    """A reminder has arrived after all: what was planned instead and is not sent yet is void."""
    await session.execute(
        update(Message)
        .where(
            Message.dedupe.startswith(f"{base_of(row)}|", autoescape=True),
            Message.id != row.id,
            Message.state.in_(UNSENT),
        )
        .values(state="void")
    )


async def _routes(
    session: AsyncSession, row: Message, among: Collection[str] | None
) -> Sequence[Route]:
    """Every address that may take the row, the first to try first."""
    found = await session.execute(
        select(Conversation, Address)
        .join(Address, Address.id == Conversation.address_id)
        .where(
            Conversation.person_id == row.person_id,
            Address.confirmed,
            or_(
                Address.unreachable_at.is_(None),
                Address.unreachable_at < Conversation.seen_at,
            ),
        )
        .order_by(Conversation.seen_at.desc(), Conversation.id)
    )
    routes = [Route(conversation, address) for conversation, address in found]
    if among is not None:
        routes = [route for route in routes if route.address.channel in among]
    if row.priority != REMINDER:
        routes = [route for route in routes if route.address.channel not in LETTERBOXES]
    if row.priority < REMINDER:
        return routes
    wanted = await session.scalar(select(Person.reach).where(Person.id == row.person_id))
    return in_order(routes, wanted or ())


def in_order(routes: Sequence[Route], wanted: Sequence[str]) -> Sequence[Route]:
    """By her wish; what it does not name comes after, in the order it was used in."""
    rank = {channel: place for place, channel in enumerate(wanted)}
    return sorted(routes, key=lambda route: rank.get(route.address.channel, len(rank)))


async def _in_her_language(session: AsyncSession, route: Route) -> Conversation:
    """A letterbox's conversation speaks what she speaks in her chats now.

    It is taken out of the session first: whoever releases into it locks and writes it in turn.
    """
    conversation = route.conversation
    if route.address.channel not in LETTERBOXES:
        return conversation
    language = await session.scalar(
        select(Conversation.language)
        .where(Conversation.person_id == conversation.person_id)
        .order_by(Conversation.chosen.desc(), Conversation.seen_at.desc())
        .limit(1)
    )
    session.expunge(conversation)
    conversation.language = language or conversation.language
    return conversation


def base_of(row: Message) -> str:
    """What a row and its later tries on other channels have in common."""
    return (row.dedupe or f"message:{row.id}").partition("|")[0]


async def _tried(session: AsyncSession, base: str, row: Message) -> frozenset[str]:
    """The channels a reminder has been on."""
    found = await session.execute(
        select(Message.channel, Address.channel)
        .outerjoin(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Address, Address.id == Conversation.address_id)
        .where(
            or_(
                Message.id == row.id,
                Message.dedupe == base,
                Message.dedupe.startswith(f"{base}|", autoescape=True),
            ),
            Message.state != "void",
        )
    )
    return frozenset(channel for pair in found for channel in pair if channel)


async def still_holds(session: AsyncSession, row: Message) -> bool:
    """Whether what a row is about is still as it was when the row was written."""
    about = row.about or ""
    if about.startswith(ABOUT_BOOKING) and row.about_version is not None:
        booking = about.removeprefix(ABOUT_BOOKING)
        version = await session.scalar(select(Booking.version).where(Booking.id == booking))
        return version == row.about_version
    if about.startswith(ABOUT_DAY):
        hers = select(Booking.id).where(Booking.person_id == row.person_id)
        changed = select(Journal.id).where(
            Journal.entity == "booking",
            Journal.entity_id.in_(hers),
            Journal.at > (row.sent_at or row.due_at),
        )
        return await session.scalar(changed.limit(1)) is None
    return True


async def _plan_again(
    session: AsyncSession, row: Message, dedupe: str, now: datetime, due: datetime
) -> str | None:
    """The same message for the channel ``dedupe`` ends in; one that was void is alive again."""
    copy = insertion(session, Message).values(
        id=new_id(),
        person_id=row.person_id,
        direction="out",
        author=row.author,
        staff_id=row.staff_id,
        body=row.body,
        about=row.about,
        about_version=row.about_version,
        priority=row.priority,
        dedupe=dedupe,
        channel=dedupe.rpartition("|")[2],
        created_at=now,
        due_at=due,
        expires_at=row.expires_at,
        state="planned",
        attempts=0,
    )
    planned: str | None = await session.scalar(
        copy.on_conflict_do_update(
            index_elements=["dedupe"],
            set_={
                "state": "planned",
                "body": copy.excluded.body,
                "about_version": copy.excluded.about_version,
                "due_at": due,
                "expires_at": row.expires_at,
                "conversation_id": None,
                "seq": None,
                "changed": None,
                "attempts": 0,
            },
            where=Message.state == "void",
        ).returning(Message.id)
    )
    return planned
