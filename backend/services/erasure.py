"""Deleting a person: at her wish, or because she has not written for a long time.

Future bookings are cancelled first; past ones move to a fresh random id, so that figures stay
right and lead to nobody. In an authority without a decision on retention, what she wrote is kept
until its time is up, and she is told so before (docs/adr/0008).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import (
    Address,
    Booking,
    Card,
    Claim,
    Contact,
    Conversation,
    Deadline,
    Feed,
    Handoff,
    Inbox,
    Meeting,
    Message,
    Person,
    Question,
)
from backend.models.base import new_id
from backend.models.booking import OPEN
from backend.services import claims
from backend.services.bookings import Bookings
from backend.services.enrolments import leave_everything
from backend.services.holds import Holds
from backend.services.letterboxes import forget_letterboxes
from backend.services.meetings import lock_meetings
from backend.services.requests import Requests
from backend.services.silence import awaits_a_reminder
from backend.settings import Settings
from backend.talks.rows import end_all_of
from backend.work import Work

LEAVING_AT_MOST = timedelta(hours=1)


@dataclass(frozen=True)
class Policy:
    """What may be deleted, and when. Photos and recordings go before the words do."""

    kept_days: int
    may_delete_messages: bool
    file_days: int = 30
    is_translated: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Policy:
        """An association deletes at once; an authority only with a decision."""
        free = settings.organisation == "association" or bool(settings.retention_decision)
        days = settings.retention_days
        translates = bool(settings.translate_url)
        return cls(days, free, min(settings.file_days, days), translates)


async def erase(
    work: Work, bookings: Bookings, person: str, address: str | None, policy: Policy
) -> None:
    """Delete a person. The receipt goes to the same address, which leaves with it."""
    await Holds(bookings).lock_all_of(person)
    hers = select(Booking.meeting_id).where(
        Booking.person_id == person, Booking.state.in_(OPEN), Booking.meeting_id.is_not(None)
    )
    await lock_meetings(await work.writing(), Meeting.id.in_(hers))
    for meeting in await bookings.coming(person):
        await bookings.cancel(meeting.booking, "person")
    await Holds(bookings).release(person)
    await _withdraw_wishes(bookings, person)
    await leave_everything(work, bookings.catalogue, person)
    session = await work.writing()
    await _unlink(session, person)
    await work.write_journal()  # conversations come after it, as everywhere
    await end_all_of(session, person)
    work.note("person", person, "erased")
    if not policy.may_delete_messages:
        work.voided.append(Message.person_id == person)
        return
    work.voided.clear()  # her messages go altogether, reminders among them
    if address is not None:
        work.erased_as = await _leave_address(session, person, address, work.clock.now())
    await session.execute(delete(Message).where(Message.person_id == person))
    await session.execute(delete(Person).where(Person.id == person))


async def _withdraw_wishes(bookings: Bookings, person: str) -> None:
    """Offers go back to the line, and then she stands in no line."""
    session = await bookings.work.writing()
    offered = await session.scalars(
        select(Booking.id).where(Booking.person_id == person, Booking.state == "held")
    )
    for booking in offered.all():
        await Holds(bookings).pass_on(booking)
    requests = Requests(bookings)
    for wish in await requests.open(person):
        await requests.withdraw(person, wish.booking)


async def _unlink(session: AsyncSession, person: str) -> None:
    """Past bookings lead to nobody; numbers, wishes to be called and reminders are gone."""
    await session.execute(
        update(Booking).where(Booking.person_id == person).values(person_id=new_id())
    )
    await session.execute(
        delete(Claim).where(
            or_(
                Claim.resource == claims.person_resource(person),
                Claim.resource.startswith(claims.open_resource(person, ""), autoescape=True),
            )
        )
    )
    await session.execute(
        delete(Handoff).where(
            Handoff.person_id == person,
            Handoff.kind.in_(("call", "talk")),
            Handoff.state == "open",
        )
    )
    await session.execute(
        update(Question).where(Question.person_id == person).values(person_id=None)
    )
    await session.execute(delete(Contact).where(Contact.person_id == person))
    await session.execute(delete(Deadline).where(Deadline.person_id == person))
    await session.execute(delete(Card).where(Card.person_id == person))
    await session.execute(
        update(Person).where(Person.id == person).values(needs=[], first_weeks={})
    )
    await session.execute(delete(Feed).where(Feed.kind == "person", Feed.owner == person))
    await forget_letterboxes(session, person)


async def _leave_address(session: AsyncSession, person: str, address: str, now: datetime) -> str:
    """Let the address live on under a fresh id until the receipt is delivered."""
    fresh = new_id()
    await session.execute(insert(Person).values(id=fresh, created_at=now))
    await session.execute(
        update(Address).where(Address.id == address).values(person_id=fresh, leaving_at=now)
    )
    await session.execute(
        update(Conversation).where(Conversation.address_id == address).values(person_id=fresh)
    )
    return fresh


async def forget_the_erased(
    session: AsyncSession, now: datetime, pulling: Collection[str] = ()
) -> int:
    """Delete addresses whose receipt has been delivered, or has had an hour to be.

    On the channels in ``pulling`` what is sent still waits to be fetched; on others it has left.
    """
    waits_to_be_fetched = and_(Message.state == "sent", Address.channel.in_(pulling))
    undelivered = (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.address_id == Address.id,
            Message.direction == "out",
            or_(Message.state.in_(("due", "sending")), waits_to_be_fetched),
        )
        .exists()
    )
    unread = (
        select(Inbox.id)
        .where(
            Inbox.channel == Address.channel,
            Inbox.account == Address.account,
            Inbox.state == "new",
        )
        .exists()
    )
    leaving = await session.execute(
        select(Address.person_id, Address.channel, Address.account).where(
            Address.leaving_at.is_not(None),
            ~unread,
            or_(~undelivered, Address.leaving_at < now - LEAVING_AT_MOST),
        )
    )
    gone = leaving.all()
    for person, channel, account in gone:
        await session.execute(delete(Person).where(Person.id == person))
        await session.execute(
            delete(Inbox).where(Inbox.channel == channel, Inbox.account == account)
        )
    return len(gone)


async def idle_people(session: AsyncSession, policy: Policy, now: datetime) -> list[str]:
    """Those who have not written for longer than anything is kept, and wait for nothing."""
    limit = now - timedelta(days=policy.kept_days)
    upcoming = (
        select(Booking.id)
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .where(
            Booking.person_id == Person.id,
            Booking.state.in_(("held", "confirmed", "requested")),
            Meeting.ends_at > now,
        )
        .exists()
    )
    seen_since = (
        select(Conversation.id)
        .where(Conversation.person_id == Person.id, Conversation.seen_at >= limit)
        .exists()
    )
    found = await session.scalars(
        select(Person.id)
        .where(Person.created_at < limit, ~seen_since, ~upcoming, ~awaits_a_reminder(now))
        .limit(100)
    )
    return list(found)
