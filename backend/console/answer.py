"""Answering: in one's own words, or with one of the prepared messages."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.exc import IntegrityError

from backend.api.problems import Problem, detail_of
from backend.console import prepared_sheet, thread
from backend.console.blanks import Filled, Wrong, fill
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.prepared_sheet import Sheet, choices_of, unwritten
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.console.thread import LONGEST_ANSWER, Answer, answered_meanwhile, taken_by_other
from backend.hygiene import clean, mask
from backend.media.forms import Clean
from backend.services import threads
from backend.services.pen import AnsweredMeanwhile, Pen, SentBefore, was_sent
from backend.services.prepared import PREPARED, Prepared, as_reply, in_swedish
from backend.services.prepared.gaps import readable
from backend.signals import Signal
from backend.talks.switchboard import NoSuchThread, until_settled
from backend.translation.outgoing import Translation, for_reader
from backend.work import Work
from dialogs.messages import Reply
from dialogs.talks import TakenByOther
from dialogs.text import Text, _

Seen = Annotated[int, Form(ge=0, le=2**53)]
Key = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


async def write(
    console: ConsoleOf,
    who: Who,
    conversation: str,
    seen: Seen,
    key: Key,
    text: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Send what someone has written herself, in Swedish."""
    words, hidden = mask(clean(text).strip())
    problem = _problem(words, hidden=hidden)
    if problem is not None:
        again = Answer(words, problem, key, HTTPStatus.UNPROCESSABLE_ENTITY)
        return await thread.page(console, who, conversation, again)
    try:
        reply = in_swedish(words, who.name)
        translation = await _translated(console, conversation, words)
        await send(console, who, conversation, reply, seen, key, translation)
    except (AnsweredMeanwhile, TakenByOther) as other:
        problem = await why_not(console, other)
        again = Answer(words, problem, key, HTTPStatus.CONFLICT)
        return await thread.page(console, who, conversation, again)
    return _back(conversation)


async def prepare(
    console: ConsoleOf, who: Who, request: Request, conversation: str, name: str
) -> Response:
    """A prepared message's blanks, and in both languages what they come to."""
    kind = _kind(name)
    asked = bool(request.query_params)
    filled = fill(kind, request.query_params, await choices_of(console))
    return await prepared_sheet.show(
        console, who, Sheet(conversation, kind, request.query_params, filled, asked)
    )


async def send_prepared(
    console: ConsoleOf,
    who: Who,
    request: Request,
    conversation: str,
    name: str,
    seen: Seen,
    key: Key,
) -> Response:
    """Send a prepared message, in the person's own language."""
    kind, form = _kind(name), await request.form()
    sheet = Sheet(conversation, kind, form, fill(kind, form, await choices_of(console)), True)
    match sheet.filled:
        case Wrong():
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return await prepared_sheet.show(console, who, replace(sheet, key=key, status=status))
        case Filled(prepared=prepared):
            reply = as_reply(prepared, who.name)
    language = await _language_of(console, conversation)
    if form.get("despite") != language and unwritten(console, who, sheet.filled, language):
        problem = _("Say first that the person can get it in another language.")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return await prepared_sheet.show(
            console, who, replace(sheet, problem=problem, key=key, status=status)
        )
    reply = readable(reply, language, console.runtime.renderer)
    try:
        await send(console, who, conversation, reply, seen, key)
    except (AnsweredMeanwhile, TakenByOther) as other:
        problem = await why_not(console, other)
        again = replace(sheet, problem=problem, key=key, status=HTTPStatus.CONFLICT)
        return await prepared_sheet.show(console, who, again)
    return _back(conversation)


async def _translated(console: Console, conversation: str, words: str) -> Translation | None:
    """A machine's translation for the reader, when one can be had at once."""
    translator = console.runtime.translator
    if translator is None:
        return None
    return await for_reader(translator, words, await _language_of(console, conversation))


def _problem(words: str, *, hidden: bool) -> Text | None:
    """Why a text cannot be sent as it is."""
    if not words:
        return _("Write something first.")
    if len(words) > LONGEST_ANSWER:
        return _(
            "The text is too long. It has {n:number} characters, and {most:number} is the most.",
            n=len(words),
            most=LONGEST_ANSWER,
        )
    if hidden:
        return _("There was a personal number in the text. It is hidden now. Read it once more.")
    return None


async def send(
    console: Console,
    who: SignedIn,
    conversation: str,
    reply: Reply,
    seen: int,
    key: str,
    beside: Clean | Translation | None = None,
) -> None:
    """One transaction. The same form twice is one answer. Raises AnsweredMeanwhile, TakenByOther.

    ``beside`` goes with the words: a recording, or a machine's translation of them.
    """
    runtime = console.runtime

    async def once() -> None:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            pen = Pen(work, runtime.switchboard, who.staff)
            await pen.answer(conversation, reply, seen=seen, key=key, beside=beside)

    try:
        await until_settled(once)
    except SentBefore:
        return
    except IntegrityError as error:
        # The same form at the same moment; or she was deleted while this was being written.
        async with runtime.database.reading() as session:
            if not await was_sent(session, conversation, key):
                raise NoSuchThread(conversation) from error
        return
    runtime.hub.stops(Signal("typing", who.staff, conversation))
    runtime.hub.changed(conversation)


async def _language_of(console: Console, conversation: str) -> str:
    """The language somebody reads. Raises NoSuchThread."""
    async with console.runtime.database.reading() as session:
        return (await threads.find(session, conversation)).conversation.language


async def why_not(console: Console, other: AnsweredMeanwhile | TakenByOther) -> Text:
    """What someone is told whose answer was not sent: somebody else was there before."""
    match other:
        case AnsweredMeanwhile(by=by):
            return answered_meanwhile(await name_of(console, by))
        case TakenByOther(coach=coach):
            return taken_by_other(await name_of(console, coach))


async def name_of(console: Console, staff: str) -> str | None:
    """What a member of staff is called; None when she is not known any more."""
    async with console.runtime.database.reading() as session:
        return (await console.runtime.cache.get(session)).names.get(staff)


def _kind(name: str) -> type[Prepared]:
    """Raises Problem 404."""
    if name not in PREPARED:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
    return PREPARED[name]


def _back(conversation: str) -> Response:
    return see(f"/console/threads/{conversation}#latest")
