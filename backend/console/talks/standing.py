"""Who has a conversation, what a coach can do with it, and who else is there just now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.context import Console
from backend.console.pages import Fragment
from backend.console.people import code_of
from backend.console.sessions import SignedIn
from backend.models import Conversation, Handoff
from backend.services.handing import Colleague, colleagues
from backend.signals import PERSON
from backend.talks import reception
from backend.talks.rows import talk_of
from backend.work import Work
from dialogs import notices
from dialogs.talks import NotNow, Talk
from dialogs.text import Text

NOTES = 5
LONGEST_NOTE = 1_000


@dataclass(frozen=True)
class Refusal:
    """Why something was not done; ``note`` is what was written for a colleague, and is kept."""

    problem: Text
    note: str = ""
    status: int = HTTPStatus.CONFLICT


@dataclass(frozen=True)
class Note:
    """What a coach has told the next one."""

    at: datetime
    by: str
    words: str


@dataclass(frozen=True)
class Other:
    """Another talk of the reader's; ``waits``: for her answer."""

    thread: str
    person: str
    language: str
    waits: bool


@dataclass(frozen=True)
class Standing:
    """How a conversation stands: ``place`` is hers in the queue, ``blocked`` until when."""

    thread: str
    talk: Talk
    holder: str
    is_mine: bool
    place: int | None
    blocked: datetime | None
    colleagues: Sequence[Colleague]
    notes: Sequence[Note]
    if_blocked: Sequence[Text]
    others: Sequence[Other]


@dataclass(frozen=True)
class Company:
    """Who does what here at this moment, apart from the reader: names of staff."""

    person_writes: bool
    writing: Sequence[str]
    reading: Sequence[str]


async def fragment(
    console: Console,
    who: SignedIn,
    conversation: Conversation,
    refusal: Refusal | None = None,
) -> Fragment:
    """The panel, with what was refused."""
    work = console.work(who.actor)
    try:
        standing = await look(console, work, who, conversation)
    finally:
        await work.close()
    return console.pages.fragment(
        who, "_standing.html", standing=standing, refusal=refusal, longest=LONGEST_NOTE
    )


def company(console: Console, who: SignedIn, thread: str, names: Mapping[str, str]) -> Fragment:
    """The line that says who writes and who reads."""
    hub = console.runtime.hub
    writing = hub.doing("typing", thread).keys() - {who.staff}
    reading = hub.doing("reading", thread).keys() - {who.staff} - writing
    here = Company(
        PERSON in writing,
        sorted(names[each] for each in writing if each in names),
        sorted(names[each] for each in reading if each in names),
    )
    return console.pages.fragment(who, "_company.html", company=here)


async def look(
    console: Console, work: Work, who: SignedIn, conversation: Conversation
) -> Standing:
    """How it stands now."""
    session, now = await work.reading(), work.clock.now()
    catalogue = await console.runtime.cache.get(session)
    talk = talk_of(conversation)
    is_mine = talk.owner == "coach" and talk.coach == who.staff
    until = talk.blocked_until
    desk = await reception.look(
        session, catalogue, conversation.id, talk, conversation.unit_id, now
    )
    week = now + console.runtime.switchboard.terms.blocked_for
    return Standing(
        conversation.id,
        talk,
        catalogue.names.get(talk.coach or "", ""),
        is_mine,
        desk.place if talk.owner == "queue" and desk.is_open else None,
        until if until and until > now else None,
        await colleagues(session, work, who.staff) if is_mine else (),
        await _notes(session, conversation.person_id, catalogue.names),
        [part for part in notices.content_of(NotNow(week), {}) if isinstance(part, Text)],
        await _others(session, who.staff, conversation.id),
    )


async def _others(session: AsyncSession, coach: str, thread: str) -> Sequence[Other]:
    """Those who wait for her first, then in the order they asked."""
    rows = await session.scalars(
        select(Conversation)
        .where(Conversation.coach_id == coach, Conversation.id != thread)
        .order_by(Conversation.asked_at, Conversation.id)
    )
    found = [
        Other(row.id, code_of(row.person_id), row.language, talk_of(row).waits_since is not None)
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.waits)


async def _notes(session: AsyncSession, person: str, names: Mapping[str, str]) -> Sequence[Note]:
    rows = await session.scalars(
        select(Handoff)
        .where(Handoff.person_id == person, Handoff.note.is_not(None))
        .order_by(Handoff.opened_at.desc())
        .limit(NOTES)
    )
    return [
        Note(row.closed_at or row.opened_at, names.get(row.staff_id or "", ""), row.note or "")
        for row in rows
    ]
