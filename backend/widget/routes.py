"""The chat's HTTP: begin, write, read, and a socket that only says "up to N".

The bearer token is the newcomer's only key. It is never in a URL, and the database has its hash.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response, WebSocket
from pydantic import BaseModel, ConfigDict, Field
from starlette.websockets import WebSocketDisconnect

from backend import conversations
from backend.api.limits import RateLimit
from backend.api.problems import Problem, detail_of
from backend.api.state import RuntimeOf, runtime_of
from backend.inbox import Sender
from backend.models import Conversation
from backend.runtime import Runtime
from backend.vault import hash_token
from backend.widget.channel import NAME
from backend.widget.feed import Json, feed
from backend.widget.strings import STRINGS
from backend.widget.typing import note_typing, seconds_of_typing
from dialogs.messages import Address, Event, Inbound, Said, Started, Tapped

LONGEST_TEXT = 4_000
LONGEST_WAIT_S = 25
ALIVE_S = 25
START = "start"
SOCKET_CLOSED_UNKNOWN = 4401
SOCKET_UNSUPPORTED = 1003
FIRST_FRAME_S = 10
GREETINGS_AT_ONCE = 5

router = APIRouter(prefix="/chat", tags=["chat"])

CLIENT_ID = r"^[A-Za-z0-9-]{8,64}$"
ClientId = Annotated[str, Field(pattern=CLIENT_ID)]


class Body(BaseModel):
    """A request body: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class StartedBody(Body):
    """The page was opened."""

    type: Literal["started"]


class SaidBody(Body):
    """The person wrote something."""

    type: Literal["said"]
    text: str = Field(max_length=LONGEST_TEXT)


class TappedBody(Body):
    """The person tapped a button."""

    type: Literal["tapped"]
    message: str = Field(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")
    index: int = Field(ge=0, le=99)


class Begin(Body):
    """Start a conversation in a language, for a unit's page."""

    client_id: ClientId
    language: str | None = Field(default=None, max_length=20)
    unit: str | None = Field(default=None, max_length=40)


class Sent(Body):
    """One event from the page; ``client_id`` makes a repetition harmless."""

    client_id: ClientId
    event: Annotated[StartedBody | SaidBody | TappedBody, Field(discriminator="type")]


def bearer(authorization: Annotated[str, Header()] = "") -> str:
    """The token of the request. Raises Problem 401."""
    scheme, _space, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(HTTPStatus.UNAUTHORIZED, detail_of(401))
    return token


async def conversation_of(runtime: Runtime, token: str) -> Conversation:
    """The conversation a token opens. Raises Problem 401."""
    account = runtime.vault.fingerprint(NAME, hash_token(token))
    async with runtime.database.reading() as session:
        found = await conversations.of_sender(session, Sender(NAME, account))
    if found is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, detail_of(401))
    return found


async def current(runtime: RuntimeOf, token: Annotated[str, Depends(bearer)]) -> Conversation:
    """The conversation of this request."""
    return await conversation_of(runtime, token)


Token = Annotated[str, Depends(bearer)]
Current = Annotated[Conversation, Depends(current)]
After = Annotated[int, Query(ge=0, le=2**53)]


@router.post("/session", status_code=HTTPStatus.CREATED)
async def begin(runtime: RuntimeOf, request: Request, body: Begin) -> Json:
    """A new conversation; asked again with the same id, after a lost answer, the same one."""
    slow_down(request, "session", request.client.host if request.client else "")
    token = _token_for(runtime, body.client_id)
    await _take_in(
        runtime, Address(NAME, hash_token(token)), START, Started(body.language, unit=body.unit)
    )
    conversation = await conversation_of(runtime, token)
    return {"token": token, **await feed(runtime, conversation, 0)}


@router.post("/messages", status_code=HTTPStatus.ACCEPTED)
async def send(
    runtime: RuntimeOf,
    request: Request,
    token: Token,
    conversation: Current,
    body: Sent,
    after: After = 0,
) -> Json:
    """Store an event, run its turn, and answer with what is new."""
    slow_down(request, "message", conversation.id)
    await _take_in(runtime, Address(NAME, hash_token(token)), body.client_id, _event(body))
    return await feed(runtime, conversation, after)


@router.get("/messages")
async def read(
    runtime: RuntimeOf,
    conversation: Current,
    after: After = 0,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_S)] = 0,
) -> Json:
    """What is new after a cursor; waits for it when asked to."""
    waiting = runtime.hub.reader(conversation.id)
    try:
        found = await feed(runtime, conversation, after)
        if wait and not found["messages"]:
            with suppress(TimeoutError):
                await asyncio.wait_for(waiting.wait(), wait)
            found = await feed(runtime, conversation, after)
    finally:
        runtime.hub.leave(conversation.id, waiting)
    return found


@router.post("/typing", status_code=HTTPStatus.NO_CONTENT)
async def typing(runtime: RuntimeOf, request: Request, conversation: Current) -> None:
    """She writes just now: heard by the coaches, and forgotten."""
    slow_down(request, "typing", conversation.id)
    note_typing(runtime, conversation)


@router.get("/strings/{code}")
async def strings(runtime: RuntimeOf, response: Response, code: str) -> Json:
    """The words on the chat's own controls."""
    languages = runtime.texts.languages
    language = languages[languages.recognise(code) or "sv"]
    response.headers["Cache-Control"] = "public, max-age=300"
    return {
        "language": language.code,
        "name": language.name,
        "html": language.html,
        "direction": language.direction,
        "strings": {
            key: runtime.renderer.plain(text, language.code) for key, text in STRINGS.items()
        },
    }


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Says how far the conversation has come, whenever it comes further."""
    runtime = runtime_of(socket)
    if not _may_connect(runtime, socket):
        await socket.close()
        return
    await socket.accept()
    conversation = await _greet(runtime, socket)
    if conversation is None:
        return
    waiting = runtime.hub.reader(conversation.id)
    gone = asyncio.create_task(_until_closed(socket))
    try:
        await _report(runtime, socket, conversation.id, waiting, gone)
    finally:
        gone.cancel()
        runtime.hub.leave(conversation.id, waiting)


async def _report(
    runtime: Runtime,
    socket: WebSocket,
    conversation: str,
    waiting: asyncio.Event,
    gone: asyncio.Task[None],
) -> None:
    told, was_typing = -1, False
    while not gone.done():
        waiting.clear()
        typing_for = await seconds_of_typing(runtime, conversation)
        if typing_for or was_typing:
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_json({"typing": typing_for > 0})
        was_typing = typing_for > 0
        head = await socket.app.state.heads.of(conversation)
        if head != told:
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_json({"up_to": head})
            told = head
        more = asyncio.create_task(waiting.wait())
        await asyncio.wait(
            {more, gone}, timeout=typing_for or ALIVE_S, return_when=asyncio.FIRST_COMPLETED
        )
        if not more.done() and not was_typing:
            told = -1  # say it again, so that the page knows the line is alive
        more.cancel()


async def _greet(runtime: Runtime, socket: WebSocket) -> Conversation | None:
    """The conversation named by the first frame; the socket is closed when there is none."""
    try:
        frame = await asyncio.wait_for(socket.receive(), FIRST_FRAME_S)
        text = frame.get("text") or ""
        token = Greeting.model_validate_json(text).token
        # After a restart every open page calls at once; they must leave room for what is written.
        async with socket.app.state.greetings:
            return await conversation_of(runtime, token)
    except (TimeoutError, ValueError):
        await socket.close(SOCKET_UNSUPPORTED)
    except Problem:
        await socket.close(SOCKET_CLOSED_UNKNOWN)
    return None


class Greeting(Body):
    """A socket's first frame."""

    token: str = Field(max_length=200)


async def _until_closed(socket: WebSocket) -> None:
    """Read and drop whatever comes, until the other side closes."""
    while True:
        frame = await socket.receive()
        if frame["type"] == "websocket.disconnect":
            return


def _may_connect(runtime: Runtime, socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    host = socket.headers.get("host", "")
    own = origin is not None and origin.partition("://")[2] == host
    return own or origin in runtime.settings.widget_origins


def _token_for(runtime: Runtime, client_id: str) -> str:
    """Derived from the page's own random id and our key; neither is kept in the database."""
    digest = hmac.digest(runtime.vault.derive("web session"), client_id.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _event(body: Sent) -> Event:
    match body.event:
        case SaidBody(text=text):
            return Said(text)
        case TappedBody(message=message, index=index):
            return Tapped(message, index)
        case StartedBody():
            return Started()


async def _take_in(runtime: Runtime, address: Address, client_id: str, event: Event) -> None:
    inbound = Inbound(address, client_id, runtime.clock.now(), event)
    if await runtime.door.accept(inbound):
        await runtime.door.receive(address)


def slow_down(request: Request, what: str, who: str) -> None:
    """Refuse what no person does. Raises Problem 429."""
    limits: dict[str, RateLimit] = request.app.state.limits
    seconds = limits[what].wait(who, runtime_of(request).clock.now())
    if seconds:
        headers = {"Retry-After": str(seconds)}
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail_of(429), headers)
