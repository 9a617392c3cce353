"""The sheet of a prepared message: its blanks, and what it says in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Response
from starlette.datastructures import ImmutableMultiDict

from backend.console import thread
from backend.console.blanks import Choices, Filled, Wrong, blanks
from backend.console.context import Console
from backend.console.people import code_of
from backend.console.ready import lists
from backend.console.sessions import SignedIn
from backend.services import threads
from backend.services.pen import as_said
from backend.services.prepared import THINGS, Prepared, as_reply
from backend.services.prepared.gaps import Gap, gaps, readable
from backend.services.threads import Thread
from dialogs.messages import Rendered
from dialogs.text import Text


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


async def show(console: Console, who: SignedIn, sheet: Sheet) -> Response:
    """The page. Raises NoSuchThread."""
    runtime = console.runtime
    async with runtime.database.reading() as session:
        found = await threads.find(session, sheet.conversation)
    language = found.conversation.language
    own = console.pages.language_of(who)
    choices = await choices_of(console)
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
        theirs=_preview(console, who, sheet.filled, language, found),
        gaps=unwritten(console, who, sheet.filled, language),
        ours=_preview(console, who, sheet.filled, own, found) if own != language else None,
        choices=choices,
        lists=lists(console, choices, own),
        things=THINGS,
        carried=_carried(sheet),
        problem=sheet.problem,
        key=sheet.key or thread.new_key(),
        here="",
    )


def _preview(
    console: Console, who: SignedIn, filled: Filled | Wrong, language: str, found: Thread
) -> Rendered | None:
    if isinstance(filled, Wrong):
        return None
    renderer = console.runtime.renderer
    reply = readable(as_reply(filled.prepared, who.name), language, renderer)
    in_a_talk = found.conversation.owner in ("queue", "coach")
    return renderer.render(as_said(reply, in_a_talk=in_a_talk), language)


def unwritten(
    console: Console, who: SignedIn, filled: Filled | Wrong, language: str
) -> tuple[Gap, ...]:
    """What she would get in another language than her own."""
    if isinstance(filled, Wrong):
        return ()
    return gaps(as_reply(filled.prepared, who.name), language, console.runtime.texts)


def _carried(sheet: Sheet) -> list[tuple[str, object]]:
    """What was filled in, for the form that sends it."""
    names = tuple(blank.name for blank in blanks(sheet.kind))
    return [
        (field, value)
        for field, value in sheet.form.multi_items()
        if field.removesuffix("-day").removesuffix("-time") in names
    ]


async def choices_of(console: Console) -> Choices:
    """What blanks can be filled with now."""
    async with console.runtime.database.reading() as session:
        catalogue = await console.runtime.cache.get(session)
    articles = {each.slug: each for each in console.runtime.answers.library.articles}
    return Choices(catalogue.units, catalogue.coaches, articles, console.runtime.clock.now())
