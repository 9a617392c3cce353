"""What is heard and seen in a conversation: a coach's spoken answer, and what both have sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Request, Response, UploadFile

from backend.api.files import file_response, gone, refusal
from backend.api.problems import Problem, detail_of
from backend.console import thread
from backend.console.answer import Key, Seen, send, why_not
from backend.console.context import Console, ConsoleOf
from backend.console.guard import Who
from backend.console.routing import see
from backend.console.sessions import SignedIn
from backend.console.thread import Answer
from backend.media.cleaner import TooManyFiles
from backend.media.forms import MOST_BYTES, Clean, NotAPictureOrSound, NotTaken, TooLarge
from backend.services import files
from backend.services.files import FileDeleted, NoSuchFile
from backend.services.pen import AnsweredMeanwhile
from backend.work import Work
from dialogs import places
from dialogs.core import say, to
from dialogs.messages import Attached, Reply
from dialogs.talks import TakenByOther
from dialogs.text import Text, _

SPEAKING = "/console/threads/{conversation}/voice"


async def speak(
    console: ConsoleOf,
    who: Who,
    conversation: str,
    seen: Seen,
    key: Key,
    voice: UploadFile,
) -> Response:
    """Send what someone has said into her microphone, as she would send what she writes."""
    try:
        made = await _recording(console, voice)
    except (NotTaken, TooManyFiles) as error:
        problem = refusal(error)
        return await _again(console, who, conversation, problem.detail, problem.status, key)
    try:
        await send(console, who, conversation, _spoken(made, who.name), seen, key, made)
    except (AnsweredMeanwhile, TakenByOther) as other:
        words = await why_not(console, other)
        return await _again(console, who, conversation, words, HTTPStatus.CONFLICT, key)
    return see(f"/console/threads/{conversation}#latest")


async def read(
    console: ConsoleOf,
    who: Who,
    request: Request,
    conversation: str,
    message: Annotated[str, Path(max_length=64)],
) -> Response:
    """What was sent with a message. That it was opened is journalled."""
    runtime = console.runtime
    try:
        async with runtime.database.reading() as session:
            found = await files.find(session, conversation, message)
    except NoSuchFile:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404)) from None
    except FileDeleted:
        raise gone(runtime.policy.file_days) from None
    async with Work.begin(runtime.database, runtime.clock, who.actor) as work:
        await files.note_opened(work, message)
    return file_response(request, found)


async def _recording(console: Console, voice: UploadFile) -> Clean:
    """Raises a NotTaken, or TooManyFiles."""
    content = await voice.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TooLarge
    made = await console.runtime.cleaner.clean(content)
    if made.kind != "voice":
        raise NotAPictureOrSound
    return made


def _spoken(made: Clean, by: str) -> Reply:
    return say(
        _("From {name}, a person at the centre:", name=by),
        Attached("voice", made.seconds),
        to(_("Write back"), places.write_back(), icon="person"),
    )


async def _again(
    console: Console,
    who: SignedIn,
    conversation: str,
    problem: Text,
    status: HTTPStatus,
    key: str,
) -> Response:
    return await thread.page(console, who, conversation, Answer("", problem, key, status))
