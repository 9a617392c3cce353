"""Everything that waits for staff, as one list: the oldest promise first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console import tasks
from backend.console.context import Console
from backend.console.people import code_of
from backend.console.tasks import Pending, Task
from backend.events import UnreadableEvent, load_event
from backend.models import (
    Address,
    Booking,
    Conversation,
    Handoff,
    Inbox,
    Journal,
    Meeting,
    Message,
)
from backend.services import seeing, threads
from backend.services.bookings import Bookings
from backend.services.threads import Left
from backend.transcript import as_read
from backend.vault import WrongKey
from backend.work import Work
from dialogs import ports
from dialogs.messages import Quote, Said
from dialogs.stored import UnreadableMessage, load_reply

FIRST_WORDS = 160
LATELY = timedelta(days=7)
NEW_VERSIONS = 1  # held and confirmed; each move counts one more
UNKNOWN_LANGUAGE = "sv"


@dataclass(frozen=True)
class Written:
    """A message was left. ``more`` counts what she wrote after the first words.

    ``was_talk``: she asked to talk, and nobody could take it.
    """

    kind: ClassVar[str] = "message"
    id: str
    since: datetime
    language: str
    thread: str
    person: str
    words: str
    more: int
    was_talk: bool


@dataclass(frozen=True)
class Call:
    """She wants to be called. ``number`` is None when it cannot be opened with our key."""

    kind: ClassVar[str] = "call"
    id: str
    since: datetime
    language: str
    thread: str
    person: str
    number: str | None
    wish: ports.CallTime


@dataclass(frozen=True)
class News:
    """A booking that nobody here has looked at since it changed."""

    kind: ClassVar[str] = "booking"
    id: str
    since: datetime
    language: str
    thread: str | None
    person: str
    change: Literal["new", "moved", "cancelled"]
    meeting: ports.Meeting
    absence: str | None = None  # why she cannot come, in a word


@dataclass(frozen=True)
class Failure:
    """Something came in and could not be answered, however often we tried."""

    kind: ClassVar[str] = "failure"
    id: str
    since: datetime
    language: str
    thread: str | None
    person: str | None
    words: str


Waiting = Written | Call | News | Failure | Task


@dataclass(frozen=True)
class Answered:
    """Something that was dealt with lately, to find it again."""

    id: str
    at: datetime
    language: str
    thread: str
    person: str
    kind: str
    by: str | None
    arrived: bool


@dataclass(frozen=True)
class Queue:
    """What waits for us, what waits for others, and what was answered lately."""

    waiting: tuple[Waiting, ...]
    pending: tuple[Pending, ...]
    answered: tuple[Answered, ...]


async def look(console: Console, work: Work) -> Queue:
    """The queue as it is now."""
    session = await work.reading()
    catalogue = await console.runtime.cache.get(session)
    bookings = Bookings(work, catalogue)
    left = await threads.left(session)
    talks = await _were_talks(session, [each.handoff.id for each in left])
    waiting: list[Waiting] = [_left(console, each, talks) for each in left]
    waiting += await _news(session, bookings, work.clock.now())
    waiting += await _failures(session)
    waiting += await tasks.look(session, catalogue, work.clock.now())
    others = tuple(await tasks.pending(session, catalogue))
    answered = await _answered(session, catalogue.names, work.clock.now() - LATELY)
    return Queue(tuple(sorted(waiting, key=_at_risk)), others, answered)


def _at_risk(row: Waiting) -> tuple[datetime, str]:
    """The promise that breaks first comes first."""
    return (row.at_risk if isinstance(row, Task) else row.since), row.id


async def _were_talks(session: AsyncSession, handoffs: Sequence[str]) -> frozenset[str]:
    """Which of some messages began as talks that nobody could take."""
    rows = await session.scalars(
        select(Journal.entity_id).where(
            Journal.entity == "handoff",
            Journal.action == "left",
            Journal.entity_id.in_(handoffs),
        )
    )
    return frozenset(rows)


def _left(console: Console, left: Left, talks: Collection[str]) -> Written | Call:
    handoff = left.handoff
    common = (handoff.id, handoff.opened_at, left.language, handoff.conversation_id)
    person = code_of(handoff.person_id)
    if handoff.kind == "call":
        return Call(*common, person, _number(console, left.number), _wish(handoff))
    words = [
        as_read(console.runtime.renderer, message).text
        for message in left.written
        if in_own_words(message)
    ]
    first = shorten(words[0]) if words else ""
    return Written(*common, person, first, max(0, len(words) - 1), handoff.id in talks)


def in_own_words(row: Message) -> bool:
    """Whether she wrote a message herself; a tap on a button is in ours."""
    try:
        return any(isinstance(part, Quote) for part in load_reply(row.body).parts)
    except UnreadableMessage:
        return True


def shorten(text: str) -> str:
    """The first words of a text, on one line."""
    line = " ".join(text.split())
    if len(line) <= FIRST_WORDS:
        return line
    return line[:FIRST_WORDS].rsplit(" ", 1)[0] + " …"


def _number(console: Console, sealed: bytes | None) -> str | None:
    try:
        return console.runtime.vault.open(sealed) if sealed else None
    except WrongKey:
        return None


def _wish(handoff: Handoff) -> ports.CallTime:
    match handoff.wish:
        case "morning" | "afternoon" as wish:
            return wish
        case _:
            return "any"


async def _news(session: AsyncSession, bookings: Bookings, now: datetime) -> list[News]:
    rows = await session.execute(
        select(Booking, Meeting)
        .join(Meeting, Meeting.id == Booking.meeting_id)
        .where(
            Booking.seen_by_staff.is_(False),
            or_(
                Booking.state == "confirmed",
                (Booking.state == "cancelled") & (Booking.closed_by == "person"),
            ),
            or_(Meeting.starts_at > now, Booking.absence.is_not(None) & (Meeting.ends_at > now)),
        )
    )
    found = rows.all()
    last = await threads.of_people(session, [booking.person_id for booking, _ in found])
    changed = await _changed(session, [booking.id for booking, _ in found])
    news = []
    for row in found:
        booking, thread = row[0], last.get(row[0].person_id)
        news.append(
            News(
                booking.id,
                changed.get(booking.id, booking.created_at),
                thread.language if thread else UNKNOWN_LANGUAGE,
                thread.id if thread else None,
                code_of(booking.person_id),
                _change(booking),
                seeing.meeting(bookings.catalogue, *row),
                booking.absence if booking.state == "cancelled" else None,
            )
        )
    return news


async def _changed(session: AsyncSession, bookings: Sequence[str]) -> Mapping[str, datetime]:
    """When each of some bookings last changed."""
    rows = await session.execute(
        select(Journal.entity_id, func.max(Journal.at))
        .where(Journal.entity == "booking", Journal.entity_id.in_(bookings))
        .group_by(Journal.entity_id)
    )
    return dict(rows.all())


def _change(booking: Booking) -> Literal["new", "moved", "cancelled"]:
    if booking.state == "cancelled":
        return "cancelled"
    return "moved" if booking.version > NEW_VERSIONS else "new"


async def _failures(session: AsyncSession) -> list[Failure]:
    rows = await session.execute(
        select(Inbox, Conversation)
        .outerjoin(
            Address, (Address.channel == Inbox.channel) & (Address.account == Inbox.account)
        )
        .outerjoin(Conversation, Conversation.address_id == Address.id)
        .where(Inbox.state == "failed")
    )
    return [_failure(inbox, thread) for inbox, thread in rows]


def _failure(inbox: Inbox, thread: Conversation | None) -> Failure:
    """Who it came from is known unless it was the first thing she ever sent."""
    return Failure(
        str(inbox.id),
        inbox.arrived_at,
        thread.language if thread else UNKNOWN_LANGUAGE,
        thread.id if thread else None,
        code_of(thread.person_id) if thread else None,
        _said(inbox),
    )


def _said(inbox: Inbox) -> str:
    """What she wrote, when it was words."""
    try:
        event = load_event(inbox.event or {})
    except UnreadableEvent:
        return ""
    return shorten(event.text) if isinstance(event, Said) else ""


async def _answered(
    session: AsyncSession, names: Mapping[str, str], since: datetime
) -> tuple[Answered, ...]:
    rows = await threads.answered_since(session, since)
    lost = await threads.undelivered(session, [handoff.conversation_id for handoff, _ in rows])
    return tuple(
        Answered(
            handoff.id,
            handoff.closed_at or handoff.opened_at,
            language,
            handoff.conversation_id,
            code_of(handoff.person_id),
            handoff.kind,
            names.get(handoff.staff_id or ""),
            handoff.conversation_id not in lost,
        )
        for handoff, language in rows
    )
