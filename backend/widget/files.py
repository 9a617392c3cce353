"""The chat's photos and recordings over HTTP: sent by the newcomer, and read by her."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from backend.api.files import file_response, gone, received, refusal
from backend.api.problems import Problem, detail_of
from backend.api.state import RuntimeOf
from backend.media.cleaner import TooManyFiles
from backend.media.forms import NotTaken
from backend.services import files
from backend.services.files import FileDeleted, NoSuchFile
from backend.vault import hash_token
from backend.widget.channel import NAME
from backend.widget.feed import Json, feed
from backend.widget.routes import CLIENT_ID, After, Current, Token, slow_down
from dialogs.messages import Address, Inbound, SentFile

PATH = "/chat/files"

router = APIRouter(prefix=PATH, tags=["chat"])

# In a header, for the body is the file itself; the preflight of other sites must name it.
CLIENT_ID_HEADER = "X-Client-Id"
ClientId = Annotated[str, Header(alias=CLIENT_ID_HEADER, pattern=CLIENT_ID)]
MessageId = Annotated[str, Path(max_length=64)]


@router.post("", status_code=HTTPStatus.ACCEPTED)
async def send(
    runtime: RuntimeOf,
    request: Request,
    token: Token,
    conversation: Current,
    client_id: ClientId,
    after: After = 0,
) -> Json:
    """Take in a photo or a recording, run its turn, and answer with what is new.

    The body is the file itself; a repetition with the same id is harmless.
    """
    slow_down(request, "file", conversation.id)
    slow_down(request, "file of an address", request.client.host if request.client else "")
    now = runtime.clock.now()
    async with runtime.database.reading() as session:
        if await files.are_enough(session, conversation.id, client_id, now):
            # Without a time to wait: her page would keep it, and all she writes, back until then.
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail_of(429))
    try:
        made = await runtime.cleaner.clean(await received(request))
    except (NotTaken, TooManyFiles) as error:
        raise refusal(error) from None
    event = SentFile(made.kind, seconds=made.seconds)
    address = Address(NAME, hash_token(token))
    inbound = Inbound(address, client_id, runtime.clock.now(), event)
    if await runtime.door.accept(inbound, file=made.content):
        await runtime.door.receive(address)
    return await feed(runtime, conversation, after)


@router.get("/{message}")
async def read(
    runtime: RuntimeOf, request: Request, conversation: Current, message: MessageId
) -> Response:
    """What was sent with a message of one's own conversation, by either side."""
    try:
        async with runtime.database.reading() as session:
            found = await files.find(session, conversation.id, message)
    except NoSuchFile:
        raise Problem(HTTPStatus.NOT_FOUND, detail_of(404)) from None
    except FileDeleted:
        raise gone(runtime.policy.file_days) from None
    return file_response(request, found)
