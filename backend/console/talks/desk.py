"""On duty or off, how many chats at once, and the small beat of an open page."""

from __future__ import annotations

import asyncio
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from sqlalchemy import or_, select, update

from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who, note_presence, still_signed_in
from backend.console.pages import language_name
from backend.console.routing import own_page, see
from backend.console.sessions import SignedIn
from backend.models import Conversation, Staff
from backend.services.handing import loads
from backend.talks import duty
from backend.talks.rows import talk_of
from backend.wake import EVERYTHING
from backend.work import Work
from dialogs.text import Text, _

PATH = "/console/duty"
MOST = 20
LOOK_EVERY_S = 2.0
LONGEST_WAIT_S = 20


@dataclass(frozen=True)
class Call:
    """Somebody waits for an answer: in words that name nobody. Asking anew is a new ``id``."""

    id: str
    words: str


async def show(console: ConsoleOf, who: Who) -> Response:
    """One's own page: the switch, how many at once, and how one wants to be called."""
    async with console.runtime.database.reading() as session:
        own = await session.get_one(Staff, who.staff)
        talks = (await loads(session)).get(who.staff, 0)
    return console.pages.show(
        who, "duty.html", own=own, talks=talks, most=MOST, here="duty", saved=False
    )


async def change(
    console: ConsoleOf,
    who: Who,
    do: Annotated[Literal["on", "off", "save"], Form()],
    onward: Annotated[str, Form()] = "",
    most: Annotated[int, Form(ge=1, le=MOST)] = 4,
) -> Response:
    """Take chats from now on or no more; or change how many at once."""
    runtime = console.runtime
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        session = await work.writing()
        if do == "save":
            await session.execute(
                update(Staff).where(Staff.id == who.staff).values(most_talks=most)
            )
        else:
            await duty.switch(session, who.staff, runtime.clock.now(), on=do == "on")
            work.note("staff", who.staff, f"{do}_duty")
    return see(own_page(onward, PATH))


async def beat(
    console: ConsoleOf,
    who: Who,
    after: Annotated[str, Query(max_length=32)] = "",
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_S)] = 0,
) -> Response:
    """Who waits for an answer, once that is not what ``after`` stands for.

    That this is asked for is how we know that a page of hers is open.
    """
    await note_presence(console, who)
    hub = console.runtime.hub
    woken = hub.reader(EVERYTHING)
    try:
        found, mark = await _calls(console, who)
        for _round in range(int(wait / LOOK_EVERY_S)):
            if mark != after:
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), LOOK_EVERY_S)
            woken.clear()
            await still_signed_in(console, who)
            found, mark = await _calls(console, who)
    finally:
        hub.leave(EVERYTHING, woken)
    if mark == after:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return Response(found, headers={"X-Mark": mark}, media_type="application/json")


async def _calls(console: Console, who: SignedIn) -> tuple[str, str]:
    """The calls as JSON, and their mark."""
    async with console.runtime.database.reading() as session:
        rows = await session.scalars(
            select(Conversation)
            .where(or_(Conversation.owner == "queue", Conversation.coach_id == who.staff))
            .order_by(Conversation.asked_at, Conversation.id)
        )
        calls = [call for row in rows if (call := _call(console, who, row))]
    words = json.dumps([{"id": call.id, "words": call.words} for call in calls])
    return words, hashlib.sha256(words.encode()).hexdigest()[:16]


def _call(console: Console, who: SignedIn, row: Conversation) -> Call | None:
    talk, own = talk_of(row), console.pages.language_of(who)
    language = language_name(own, row.language)
    if talk.owner == "queue" and talk.since:
        return Call(_name(row.id, talk.since), _write(console, own, _waits(language)))
    if talk.waits_since:
        return Call(_name(row.id, talk.waits_since), _write(console, own, _asks(language)))
    return None


def _waits(language: str) -> Text:
    return _("Someone waits for a person: {language}", language=language)


def _asks(language: str) -> Text:
    return _("Someone waits for your answer: {language}", language=language)


def _write(console: Console, language: str, text: Text) -> str:
    return console.runtime.renderer.plain(text, language)


def _name(thread: str, since: object) -> str:
    return hashlib.sha256(f"{thread} {since}".encode()).hexdigest()[:16]
