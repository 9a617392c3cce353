"""An answer read aloud by an editor: no device speaks Somali or Tigrinya, so people do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Response, UploadFile

from backend.api.files import refusal
from backend.api.problems import Problem
from backend.console.articles.desk import MOST_SEEN, PATH, expect_language, find
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.routing import see
from backend.media.cleaner import TooManyFiles
from backend.media.forms import MOST_BYTES, NotAPictureOrSound, NotTaken, TooLarge
from backend.services.editing import NO_VERSION, EditedMeanwhile, Pencil
from backend.wake import EVERYTHING
from backend.work import Work
from dialogs.text import _

ROUTE = "/console/articles/{slug}/{language}/recording"


async def change(
    console: ConsoleOf,
    who: Who,
    slug: str,
    language: str,
    seen: Annotated[int, Form(ge=0, le=MOST_SEEN)] = NO_VERSION,
    do: Annotated[str, Form()] = "keep",
    voice: UploadFile | None = None,
) -> Response:
    """Keep a recording of the words as they are now, or take it away. Raises Problem."""
    desk = await find(console, slug)
    expect_language(desk, language)
    removes = do == "remove"
    if desk.words(language) is None:
        raise Problem(HTTPStatus.CONFLICT, _("There is no text in this language yet."))
    content = None if removes else await _made_anew(console, voice)
    runtime = console.runtime
    try:
        async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
            pencil = Pencil(work, who.staff, slug, language, desk.file(language), seen)
            await pencil.record(content)
    except EditedMeanwhile:
        problem = _(
            "Somebody else has changed this text meanwhile. Read it again before you record it."
        )
        raise Problem(HTTPStatus.CONFLICT, problem) from None
    runtime.hub.changed(EVERYTHING)
    return see(f"{PATH}/{slug}/{language}?saved={'silent' if removes else 'recorded'}")


async def _made_anew(console: Console, voice: UploadFile | None) -> bytes:
    """The recording without anything but its sound. Raises Problem."""
    if voice is None or not voice.size:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _("Choose a file first."))
    try:
        content = await voice.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise TooLarge
        made = await console.runtime.cleaner.clean(content)
        if made.kind != "voice":
            raise NotAPictureOrSound
    except (NotTaken, TooManyFiles) as error:
        raise refusal(error) from None
    return made.content
