"""The live part of the queue: who waits for a person now, my talks, and those of colleagues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console.context import Console
from backend.console.pages import Fragment
from backend.console.people import code_of
from backend.console.sessions import SignedIn
from backend.console.waiting import shorten
from backend.models import Address, Conversation, Message, Staff
from backend.services.handing import loads
from backend.talks import duty
from backend.talks.rows import talk_of
from backend.transcript import as_read
from backend.work import Work
from dialogs.messages import Quote
from dialogs.stored import UnreadableMessage, load_reply
from dialogs.talks import Talk

MINE, EVERY = "mine", ""
LOOKED_AT = 8  # messages, for what somebody wants


@dataclass(frozen=True)
class Waiter:
    """Somebody who waits for a person now. ``minutes`` since she asked, whole ones."""

    thread: str
    person: str
    language: str
    channel: str
    is_web: bool
    unit: str | None
    since: datetime
    minutes: int
    is_urgent: bool
    is_mine_to_read: bool
    words: str


@dataclass(frozen=True)
class Held:
    """A talk that somebody has. ``waits_since``: her oldest word without an answer."""

    thread: str
    person: str
    language: str
    coach: str
    since: datetime
    waits_since: datetime | None
    is_overdue: bool
    words: str


@dataclass(frozen=True)
class Choice:
    """A way to look at those who wait: one language, one's own, or all."""

    value: str
    count: int


@dataclass(frozen=True)
class Inbox:
    """Everything that is live. ``waiting`` is only what was chosen, ``all_waiting`` counts all."""

    waiting: Sequence[Waiter]
    all_waiting: int
    mine: Sequence[Held]
    theirs: Sequence[Held]
    choices: Sequence[Choice]
    chosen: str
    on_duty: int
    talks: int
    most: int


class Row(NamedTuple):
    """One conversation that is with people."""

    conversation: Conversation
    talk: Talk
    channel: str


async def fragment(console: Console, who: SignedIn, speaks: str) -> tuple[Fragment, int]:
    """The live part as it is drawn, and how many in it wait for a person or an answer."""
    work = console.work(who.actor)
    try:
        inbox = await look(console, work, who, speaks)
    finally:
        await work.close()
    drawn = console.pages.fragment(who, "_inbox.html", inbox=inbox, MINE=MINE)
    return drawn, inbox.all_waiting + sum(each.waits_since is not None for each in inbox.mine)


async def look(console: Console, work: Work, who: SignedIn, speaks: str) -> Inbox:
    """Those who wait, danger first and then the longest; and who is with whom."""
    session, now = await work.reading(), work.clock.now()
    catalogue = await console.runtime.cache.get(session)
    own = await session.get_one(Staff, who.staff)
    rows = await _with_people(session)
    words = await _first_words(console, session, rows)
    waiting = sorted(
        (row for row in rows if row.talk.owner == "queue"),
        key=lambda row: (not row.talk.is_urgent, row.talk.asked_at or now, row.conversation.id),
    )
    units = {key: unit.name for key, unit in catalogue.units.items()}
    waiters = [_waiter(console, row, own.languages, units, words, now) for row in waiting]
    held = [_held(row, catalogue.names, words) for row in rows if row.talk.owner == "coach"]
    held.sort(key=lambda each: (each.waits_since is None, each.waits_since or each.since))
    mine = {row.conversation.id for row in rows if row.talk.coach == who.staff}
    return Inbox(
        [each for each in waiters if _is_chosen(each, speaks)],
        len(waiters),
        [each for each in held if each.thread in mine],
        [each for each in held if each.thread not in mine],
        _choices(waiters, own.languages),
        speaks,
        await duty.how_many(session, now),
        (await loads(session)).get(who.staff, 0),
        own.most_talks,
    )


async def _with_people(session: AsyncSession) -> list[Row]:
    rows = await session.execute(
        select(Conversation, Address.channel)
        .join(Address, Address.id == Conversation.address_id)
        .where(Conversation.owner.in_(("queue", "coach")))
    )
    return [Row(row, talk_of(row), channel) for row, channel in rows]


def _waiter(
    console: Console,
    row: Row,
    reads: Iterable[str],
    units: Mapping[str, str],
    words: Mapping[str, str],
    now: datetime,
) -> Waiter:
    conversation, since = row.conversation, row.talk.asked_at or now
    channel = console.runtime.channels.get(row.channel)
    return Waiter(
        conversation.id,
        code_of(conversation.person_id),
        conversation.language,
        row.channel,
        channel is not None and channel.pulls,
        units.get(conversation.unit_id or ""),
        since,
        max(0, int((now - since).total_seconds() // 60)),
        row.talk.is_urgent,
        conversation.language in reads,
        words.get(conversation.id, ""),
    )


def _held(row: Row, names: Mapping[str, str], words: Mapping[str, str]) -> Held:
    conversation, talk = row.conversation, row.talk
    return Held(
        conversation.id,
        code_of(conversation.person_id),
        conversation.language,
        names.get(talk.coach or "", ""),
        talk.since or conversation.seen_at,
        talk.waits_since,
        talk.waits_since is not None and talk.told > 0,
        words.get(conversation.id, ""),
    )


def _is_chosen(waiter: Waiter, speaks: str) -> bool:
    if speaks == MINE:
        return waiter.is_mine_to_read
    return speaks in (EVERY, waiter.language)


def _choices(waiters: Sequence[Waiter], reads: Sequence[str]) -> Sequence[Choice]:
    """All, those I read, then each language that somebody waits in: mine first."""
    there = {each.language for each in waiters}
    languages = sorted(there, key=lambda code: (code not in reads, code))
    mine = sum(each.is_mine_to_read for each in waiters)
    return (
        Choice(EVERY, len(waiters)),
        Choice(MINE, mine),
        *(Choice(code, sum(each.language == code for each in waiters)) for code in languages),
    )


async def _first_words(
    console: Console, session: AsyncSession, rows: Sequence[Row]
) -> Mapping[str, str]:
    """What each of them wrote: of those who wait the first since they asked, else the last."""
    waits = {row.conversation.id: row.talk.asked_at for row in rows if row.talk.owner == "queue"}
    words: dict[str, str] = {}
    settled: set[str] = set()
    for message in await _lately(session):
        thread = message.conversation_id or ""
        if thread in settled or not typed(message):
            continue
        words[thread] = shorten(as_read(console.runtime.renderer, message).text)
        asked = waits.get(thread)
        if asked is not None and message.created_at >= asked:
            settled.add(thread)
    return words


async def _lately(session: AsyncSession) -> Sequence[Message]:
    """The last few messages of each who is with people, in order: a talk may be long."""
    number = func.row_number().over(
        partition_by=Message.conversation_id, order_by=Message.seq.desc()
    )
    last = (
        select(Message.id, number.label("number"))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.owner.in_(("queue", "coach")), Message.direction == "in")
        .subquery()
    )
    found = await session.scalars(
        select(Message)
        .join(last, last.c.id == Message.id)
        .where(last.c.number <= LOOKED_AT)
        .order_by(Message.seq)
    )
    return found.all()


def typed(row: Message) -> bool:
    """Whether it is her own words: no command, nor a button, whose words have no language."""
    try:
        parts = load_reply(row.body).parts
    except UnreadableMessage:
        return False
    quotes = [part for part in parts if isinstance(part, Quote) and part.language is not None]
    return any(not quote.text.startswith("/") for quote in quotes)
