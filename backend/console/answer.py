"""Answering: in one's own words, or with one of the prepared messages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.exc import IntegrityError
from starlette.datastructures import ImmutableMultiDict

from backend.api.problems import Problem, detail_of
from backend.console import thread
from backend.console.blanks import Choices, Filled, Wrong, blanks, fill
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.people import code_of
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.console.thread import LONGEST_ANSWER, Answer, answered_meanwhile
from backend.hygiene import clean, mask
from backend.services import threads
from backend.services.prepared import PREPARED, THINGS, Prepared, as_reply, in_swedish
from backend.services.threads import AnsweredMeanwhile, NoSuchThread, Pen, SentBefore
from backend.work import Work
from dialogs.messages import Rendered, Reply
from dialogs.text import Text, _

Seen = Annotated[int, Form(ge=0, le=2**53)]
Key = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


@dataclass(frozen=True)
class Sheet:
    """A prepared message as it is shown: with its form, or with what it comes to."""

    conversation: str
    kind: type[Prepared]
    form: ImmutableMultiDict[str, object]
    filled: Filled | Wrong
    is_asked: bool  # whether she has tried to fill it in
    problem: Text | None = None
    key: str = ""
    status: int = HTTPStatus.OK


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
        await _send(console, who, conversation, in_swedish(words, who.name), seen, key)
    except AnsweredMeanwhile as other:
        problem = answered_meanwhile(await _name(console, other.by))
        again = Answer(words, problem, key, HTTPStatus.CONFLICT)
        return await thread.page(console, who, conversation, again)
    return _back(conversation)


async def prepare(
    console: ConsoleOf, who: Who, request: Request, conversation: str, name: str
) -> Response:
    """A prepared message's blanks, and in both languages what they come to."""
    kind = _kind(name)
    asked = bool(request.query_params)
    filled = fill(kind, request.query_params, await _choices(console))
    return await _sheet(
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
    sheet = Sheet(conversation, kind, form, fill(kind, form, await _choices(console)), True)
    match sheet.filled:
        case Wrong():
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return await _sheet(console, who, replace(sheet, key=key, status=status))
        case Filled(prepared=prepared):
            reply = as_reply(prepared, who.name)
    try:
        await _send(console, who, conversation, reply, seen, key)
    except AnsweredMeanwhile as other:
        problem = answered_meanwhile(await _name(console, other.by))
        again = replace(sheet, problem=problem, key=key, status=HTTPStatus.CONFLICT)
        return await _sheet(console, who, again)
    return _back(conversation)


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


async def _send(
    console: Console, who: SignedIn, conversation: str, reply: Reply, seen: int, key: str
) -> None:
    """One transaction. The same form twice is one answer. Raises AnsweredMeanwhile."""
    runtime = console.runtime
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            pen = Pen(work, runtime.renderer, runtime.channels, who.staff)
            await pen.answer(conversation, reply, seen=seen, key=key)
    except SentBefore:
        return
    except IntegrityError as error:
        # The same form at the same moment; or she was deleted while this was being written.
        async with runtime.database.reading() as session:
            if not await threads.was_sent(session, conversation, key):
                raise NoSuchThread(conversation) from error
        return
    runtime.hub.changed(conversation)


async def _sheet(console: Console, who: SignedIn, sheet: Sheet) -> Response:
    runtime = console.runtime
    async with runtime.database.reading() as session:
        found = await threads.find(session, sheet.conversation)
    language = found.conversation.language
    own = console.pages.language_of(who)
    wrong = sheet.filled.problems if isinstance(sheet.filled, Wrong) and sheet.is_asked else {}
    return console.pages.show(
        who,
        "prepared.html",
        sheet.status,
        thread=found,
        person=code_of(found.conversation.person_id),
        kind=sheet.kind,
        blanks=blanks(sheet.kind),
        form=sheet.form,
        wrong=wrong,
        theirs=_preview(console, who, sheet.filled, language),
        ours=_preview(console, who, sheet.filled, own) if own != language else None,
        choices=await _choices(console),
        titles=_titles(console, own),
        things=THINGS,
        carried=_carried(sheet),
        problem=sheet.problem,
        key=sheet.key or thread.new_key(),
        here="",
    )


def _preview(
    console: Console, who: SignedIn, filled: Filled | Wrong, language: str
) -> Rendered | None:
    if isinstance(filled, Wrong):
        return None
    return console.runtime.renderer.render(as_reply(filled.prepared, who.name), language)


def _carried(sheet: Sheet) -> list[tuple[str, object]]:
    """What was filled in, for the form that sends it."""
    names = tuple(blank.name for blank in blanks(sheet.kind))
    return [
        (field, value)
        for field, value in sheet.form.multi_items()
        if field.removesuffix("-day").removesuffix("-time") in names
    ]


def _titles(console: Console, language: str) -> list[tuple[str, str]]:
    """Every article by its title in the reader's language, in alphabetical order."""
    answers = console.runtime.answers
    found = (answers.read(each.slug, language) for each in answers.library.articles)
    titles = [(article.slug, words.title) for article, words in filter(None, found)]
    return sorted(titles, key=lambda row: row[1].casefold())


async def _choices(console: Console) -> Choices:
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
    articles = {each.slug: each for each in console.runtime.answers.library.articles}
    return Choices(catalogue.units, catalogue.coaches, articles, console.runtime.clock.now())


async def _name(console: Console, staff: str) -> str | None:
    async with console.runtime.database.reading() as session:
        return (await console.runtime.cache.get(session)).names.get(staff)


def _kind(name: str) -> type[Prepared]:
    """Raises Problem 404."""
    if name not in PREPARED:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404))
    return PREPARED[name]


def _back(conversation: str) -> Response:
    return see(f"/console/threads/{conversation}#latest")
