"""One conversation: as the person reads it, and in the reader's own language beside it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from fastapi import Response
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.pages import Fragment
from backend.console.people import code_of
from backend.console.ready import picker
from backend.console.sessions import SignedIn
from backend.console.stuck import REASONS
from backend.console.talks import standing, tried
from backend.console.talks.standing import Refusal
from backend.console.waiting import in_own_words, shorten
from backend.models import Booking, Message
from backend.services import threads
from backend.services.bookings import Bookings
from backend.services.prepared import opening
from backend.services.threads import Thread
from backend.services.walltime import local_day
from backend.transcript import SWEDISH, as_read
from backend.translation.showing import is_left_untranslated, translation_of
from backend.work import Work
from dialogs import ports
from dialogs.messages import Rendered
from dialogs.text import Text, _

LONGEST_ANSWER = 3_500
MARK = 16  # characters of one part's mark
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2068\u2069\u200f"))


@dataclass(frozen=True)
class Line:
    """One message of the page. ``twin`` is None when it says the same to both readers."""

    row: Message
    name: str | None
    at: datetime
    day: date
    original: Rendered
    twin: Rendered | None
    machine: Rendered | None  # a translation of what was written, by a machine
    is_untranslated: bool


@dataclass(frozen=True)
class Live:
    """What changes by itself: the messages, who has them, and who is there just now."""

    messages: Fragment
    standing: Fragment
    company: Fragment

    @property
    def mark(self) -> str:
        """Of all three; it begins with that of the messages."""
        rest = hashlib.sha256((self.standing.mark + self.company.mark).encode())
        return self.messages.mark + rest.hexdigest()[:MARK]


@dataclass(frozen=True)
class Coming:
    """A meeting she has booked; ``is_news`` until someone here has looked at it."""

    meeting: ports.Meeting
    is_news: bool


@dataclass(frozen=True)
class Reminder:
    """A message that is planned for later."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Answer:
    """The answer box as it is shown: what is in it, and what is wrong with that."""

    draft: str = ""
    problem: Text | None = None
    key: str = ""
    status: int = HTTPStatus.OK


async def show(console: ConsoleOf, who: Who, conversation: str, find: str = "") -> Response:
    """The whole page; ``find`` is looked for among the prepared messages."""
    return await page(console, who, conversation, Answer(), find)


async def page(
    console: Console,
    who: SignedIn,
    conversation: str,
    answer: Answer,
    find: str = "",
    refusal: Refusal | None = None,
) -> Response:
    """The page with an answer box. Raises NoSuchThread. That it was read is journalled."""
    work = console.work(who.actor)
    try:
        session = await work.reading()
        found = await threads.find(session, conversation)
        names = (await console.runtime.cache.get(session)).names
        coming = await _coming(console, work, found.conversation.person_id)
    finally:
        await work.close()
    await _note_read(console, who, found)
    language = console.pages.language_of(who)
    written_in = found.conversation.language
    live = await _live(console, who, found, names)
    panel = live.standing
    if refusal is not None:
        panel = await standing.fragment(console, who, found.conversation, refusal)
    return console.pages.show(
        who,
        "thread.html",
        refusal.status if refusal else answer.status,
        thread=found,
        person=code_of(found.conversation.person_id),
        is_web=_is_web(console, found),
        messages=live.messages,
        mark=live.mark,
        standing=panel,
        refusal=refusal,
        company=live.company,
        tried=tried.look(console, found.messages, language),
        coming=coming,
        reminders=_reminders(console, found, language),
        answer=answer,
        key=answer.key or new_key(),
        opening=console.runtime.renderer.plain(opening(who.name), written_in),
        ready=picker(lambda text: console.runtime.renderer.plain(text, language), find),
        longest=LONGEST_ANSWER,
        translates=console.runtime.translator is not None and written_in != SWEDISH,
        here="",
    )


async def messages(console: Console, who: SignedIn, conversation: str) -> Fragment:
    """What is live on the page: the messages, who has them, who is there. Raises NoSuchThread.

    Its mark begins with that of the messages.
    """
    async with console.runtime.database.reading() as session:
        found = await threads.find(session, conversation)
        names = (await console.runtime.cache.get(session)).names
    live = await _live(console, who, found, names)
    beside = Markup('<div data-part="standing">{}</div><div data-part="company">{}</div>')
    drawn = beside.format(live.standing.html, live.company.html)
    return Fragment(live.messages.html + drawn, live.mark)


def has_new_messages(mark: str | None, known: str) -> bool:
    """Whether what a browser gets with ``mark`` has messages it has not shown."""
    return mark is not None and mark[:MARK] != known[:MARK]


async def _live(console: Console, who: SignedIn, found: Thread, names: Mapping[str, str]) -> Live:
    return Live(
        _fragment(console, who, found, names),
        await standing.fragment(console, who, found.conversation),
        standing.company(console, who, found.conversation.id, names),
    )


async def note_read(console: Console, who: SignedIn, conversation: str) -> None:
    """Journal that new messages of an open page were read."""
    async with console.runtime.database.reading() as session:
        found = await threads.find(session, conversation)
    await _note_read(console, who, found)


def new_key() -> str:
    """A name for one form, so that it is sent once."""
    return secrets.token_urlsafe(12)


async def _note_read(console: Console, who: SignedIn, found: Thread) -> None:
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        await threads.note_read(work, found.conversation.id, found.up_to)


def _fragment(
    console: Console, who: SignedIn, found: Thread, names: Mapping[str, str]
) -> Fragment:
    language = console.pages.language_of(who)
    lines = [_line(console, row, names, language) for row in found.messages]
    return console.pages.fragment(
        who,
        "_messages.html",
        lines=lines,
        latest=_latest(found.messages),
        up_to=found.up_to,
        why=REASONS,
    )


def _latest(rows: Sequence[Message]) -> str | None:
    """The last message in her own words, else the last one of all."""
    own = [row for row in rows if row.direction == "in" and in_own_words(row)]
    return own[-1].id if own else rows[-1].id if rows else None


def _line(console: Console, row: Message, names: Mapping[str, str], language: str) -> Line:
    renderer = console.runtime.renderer
    original = as_read(renderer, row)
    twin = as_read(renderer, row, language)
    same = original.text.translate(ISOLATES) == twin.text.translate(ISOLATES)
    at = row.sent_at or row.created_at
    return Line(
        row,
        names.get(row.staff_id or ""),
        at,
        local_day(at),
        original,
        None if same else twin,
        translation_of(renderer, row),
        console.runtime.translator is not None and is_left_untranslated(row),
    )


def _is_web(console: Console, found: Thread) -> bool:
    channel = console.runtime.channels.get(found.address.channel)
    return channel is not None and channel.pulls


async def _coming(console: Console, work: Work, person: str) -> list[Coming]:
    session = await work.reading()
    bookings = Bookings(work, await console.runtime.cache.get(session))
    news = await _news_of(session, person)
    return [Coming(item, item.booking in news) for item in await bookings.coming(person)]


async def _news_of(session: AsyncSession, person: str) -> frozenset[str]:
    rows = await session.scalars(
        select(Booking.id).where(Booking.person_id == person, Booking.seen_by_staff.is_(False))
    )
    return frozenset(rows)


def _reminders(console: Console, found: Thread, language: str) -> Sequence[Reminder]:
    renderer = console.runtime.renderer
    return [
        Reminder(row.due_at, shorten(as_read(renderer, row, language).text))
        for row in found.planned
    ]


def answered_meanwhile(name: str | None) -> Text:
    """What someone is told whose answer came second."""
    if name is None:
        return _("Someone else has just answered. Read that first. Your text is still here.")
    return _("{name} has just answered. Read that first. Your text is still here.", name=name)


def taken_by_other(name: str | None) -> Text:
    """What someone is told who answers in a conversation that another has."""
    if name is None:
        return _("Somebody else has this chat now. Your text is still here.")
    return _("{name} has this chat now. Your text is still here.", name=name)
