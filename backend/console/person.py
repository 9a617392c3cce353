"""One person: how she is reached, what she has booked and waits for, and who changed what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Response
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console import histories, papers, ways
from backend.console.context import Console, ConsoleOf
from backend.console.gatherings import joining
from backend.console.guard import Who
from backend.console.histories import Change
from backend.console.people import code_of
from backend.console.sessions import SignedIn
from backend.console.vocabulary import INTERPRETERS, STATES
from backend.models import Address, Booking, Conversation, Journal, Meeting
from backend.services import needs, seeing
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue
from backend.services.meetings import with_meeting
from backend.services.needs import NEEDS, NoSuchPerson
from backend.services.numbers import number_for
from backend.services.requests import Requests
from backend.services.walltime import local_day
from backend.work import Work
from dialogs import cards, ports
from dialogs.reaching import LETTERBOXES

MOST = 60  # bookings on the page, the latest ones
ENDED = ("attended", "no_show", "excused", "cancelled")


@dataclass(frozen=True)
class Line:
    """A conversation of hers."""

    id: str
    channel: str
    is_web: bool
    language: str
    seen_at: datetime
    is_reachable: bool


@dataclass(frozen=True)
class Held:
    """A booking that has, or had, a time. ``number``: hers, while a call is to come."""

    meeting: ports.Meeting
    is_coming: bool
    has_begun: bool
    number: str | None
    history: tuple[Change, ...]


@dataclass(frozen=True)
class Wished:
    """Something that has no time yet."""

    wish: ports.Wish
    history: tuple[Change, ...]


async def show(console: ConsoleOf, who: Who, person: str) -> Response:
    """Her page; that it was read is journalled. Raises NoSuchPerson."""
    work = console.work(who.actor)
    try:
        session = await work.reading()
        catalogue = await console.runtime.cache.get(session)
        picked = await needs.of(session, person)
        lines = await _lines(console, session, person)
        reminded = await ways.of(console, work, person)
        her_papers = await papers.of(console, work, person)
        wishes, booked = await _bookings(console, work, catalogue, person)
        joined = await joining.look(session, catalogue, person, work.clock.now())
    finally:
        await work.close()
    await _note_read(console, who, person)
    return console.pages.show(
        who,
        "person.html",
        person=person,
        code=code_of(person),
        lines=lines,
        ways=reminded,
        languages=list(dict.fromkeys(line.language for line in lines)),
        needs=[NEEDS[name] for name in picked],
        papers=her_papers,
        wishes=wishes,
        joining=joined,
        coming=[each for each in reversed(booked) if each.is_coming],
        earlier=[each for each in booked if not each.is_coming],
        states=STATES,
        interpreters=INTERPRETERS,
        mode_name=cards.mode_name,
        local_day=local_day,
        here="",
    )


async def _note_read(console: Console, who: SignedIn, person: str) -> None:
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        work.note("person", person, "read")


async def _lines(console: Console, session: AsyncSession, person: str) -> list[Line]:
    """Her conversations, the last used first. Raises NoSuchPerson when she has been erased."""
    rows = await session.execute(
        select(Conversation, Address)
        .join(Address, Address.id == Conversation.address_id)
        .where(Conversation.person_id == person, Address.channel.not_in(LETTERBOXES))
        .order_by(Conversation.seen_at.desc(), Conversation.id)
    )
    pairs = [(row[0], row[1]) for row in rows]
    erased = await session.scalar(
        select(func.max(Journal.at)).where(
            Journal.entity == "person", Journal.entity_id == person, Journal.action == "erased"
        )
    )
    came_back = any(erased and conversation.seen_at > erased for conversation, _address in pairs)
    if any(address.leaving_at for _conversation, address in pairs) or (erased and not came_back):
        raise NoSuchPerson(person)
    return [_line(console, conversation, address) for conversation, address in pairs]


def _line(console: Console, conversation: Conversation, address: Address) -> Line:
    channel = console.runtime.channels.get(address.channel)
    gone = address.unreachable_at
    return Line(
        conversation.id,
        address.channel,
        channel is not None and channel.pulls,
        conversation.language,
        conversation.seen_at,
        gone is None or gone < conversation.seen_at,
    )


async def _bookings(
    console: Console, work: Work, catalogue: Catalogue, person: str
) -> tuple[list[Wished], list[Held]]:
    """What has no time yet, oldest first; and what has one, the latest first."""
    session = await work.reading()
    wishes = await Requests(Bookings(work, catalogue)).open(person)
    meetings = await _meetings(session, catalogue, person, work.clock.now())
    known = [*(wish.booking for wish in wishes), *(meeting.booking for meeting in meetings)]
    history = await histories.of_bookings(session, known, catalogue.names)
    held = [
        await _held(console, session, meeting, history, work.clock.now()) for meeting in meetings
    ]
    return [Wished(wish, history.get(wish.booking, ())) for wish in wishes], held


async def _meetings(
    session: AsyncSession, catalogue: Catalogue, person: str, now: datetime
) -> Sequence[ports.Meeting]:
    rows = await session.execute(
        with_meeting()
        .where(
            Booking.person_id == person,
            Booking.state != "expired",
            or_(Booking.hold_until.is_(None), Booking.hold_until > now),
        )
        .order_by(Meeting.starts_at.desc(), Booking.id)
        .limit(MOST)
    )
    return [seeing.meeting(catalogue, *row) for row in rows]


async def _held(
    console: Console,
    session: AsyncSession,
    meeting: ports.Meeting,
    history: Mapping[str, tuple[Change, ...]],
    now: datetime,
) -> Held:
    is_coming = meeting.ends > now and meeting.state not in ENDED
    calls = is_coming and meeting.mode == "phone"
    number = await number_for(session, console.runtime.vault, meeting.booking) if calls else None
    return Held(
        meeting, is_coming, meeting.starts <= now, number, history.get(meeting.booking, ())
    )
