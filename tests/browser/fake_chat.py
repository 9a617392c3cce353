"""A small stand-in for the chat server, with faults to order, for tests of the widget alone."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape

from backend.api.assets import Asset
from backend.api.headers import CONTENT_SECURITY
from backend.widget.strings import STRINGS
from dialogs.i18n import Languages
from tests.browser.fake_words import CHROME, DAYS, NAMES, PAGE, SAMPLES

ROOT = Path(__file__).resolve().parents[2]
WIDGET = ROOT / "backend" / "widget"
CSP = CONTENT_SECURITY.format(ancestors="'none'")
ISOLATES = "\u2068\u2069"
ASSISTANT = {"owner": "assistant", "place": None, "name": None}
Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


router = APIRouter(prefix="/chat")


class Refused(Exception):
    """The request is answered with a problem document."""

    def __init__(self, status: int, detail: str, wait: str | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.wait = status, detail, wait


@dataclass
class Conversation:
    """One person's messages, and the counter that both ``seq`` and ``changed`` come from."""

    language: str
    messages: list[Message] = field(default_factory=list)
    counter: int = 0
    seen: set[str] = field(default_factory=set)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    talk: dict[str, Any] = field(default_factory=lambda: dict(ASSISTANT))
    typing: bool = False

    def add(self, text: str, **fields: Any) -> Message:
        """Append a message from the assistant, or from whoever ``fields`` say."""
        self.counter += 1
        message: Message = {
            "id": f"m{self.counter}-{id(self)}",
            "seq": self.counter,
            "changed": self.counter,
            "from": "assistant",
            "name": None,
            "client_id": None,
            "time": "15:05",
            "day": DAYS[self.language],
            "state": "sent",
            "urgency": "reply",
            "text": text,
            "language": self.language,
            "direction": "rtl" if self.language == "ar" else "ltr",
            "entities": [],
            "buttons": [],
            "folded": False,
            "twin": None,
            "tapped": None,
        } | fields
        self.messages.append(message)
        self.wake()
        return message

    def change(self, message: Message, **fields: Any) -> None:
        """Give a message that is already there another state or text."""
        self.counter += 1
        message |= fields | {"changed": self.counter}
        self.wake()

    def hand_over(self, owner: str, name: str | None = None, place: int | None = None) -> None:
        """Somebody else speaks with her, which is said in the transcript too."""
        self.talk = {"owner": owner, "place": place, "name": name}
        self.add(
            {"queue": "Vi letar.", "coach": f"{name} är här."}.get(owner, "Assistenten."),
            **{"from": "system"},
        )

    def write(self) -> None:
        """The coach is writing."""
        self.typing = True
        self.wake()

    def wake(self) -> None:
        """Let everyone who waits look again."""
        self.more.set()
        self.more = asyncio.Event()

    def feed(self, after: int) -> dict[str, Any]:
        """What changed after a cursor."""
        rtl = self.language == "ar"
        return {
            "messages": [each for each in self.messages if each["changed"] > after],
            "up_to": self.counter,
            "language": self.language,
            "html": self.language,
            "direction": "rtl" if rtl else "ltr",
            "more": False,
            "talk": self.talk,
        }


@dataclass
class FakeChat:
    """The server's memory, and what it is told to do wrong."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)
    lose_answers: int = 0
    refusals: list[Refused] = field(default_factory=list)
    sockets: bool = True
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    typed: int = 0
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def conversation(self) -> Conversation:
        """The newest conversation."""
        return list(self.conversations.values())[-1]

    def begin(self, language: str) -> str:
        """A new conversation with the first words of one; returns its token."""
        token = f"token-{next(self.numbers)}"
        self.conversations[token] = Conversation(language)
        greet(self.conversations[token])
        return token

    def forget_everyone(self) -> None:
        """No token is valid any more."""
        for conversation in self.conversations.values():
            conversation.wake()
        self.conversations.clear()

    def said(self) -> list[str]:
        """Every text that was stored, in order, in the newest conversation."""
        messages = self.conversation.messages
        return [each["text"].strip(ISOLATES) for each in messages if each["from"] == "person"]


def button(label: str, icon: str | None = None) -> dict[str, str | None]:
    """A button as it travels."""
    return {"label": label, "icon": icon}


def marked(text: str, *marks: tuple[str, str, str | None]) -> dict[str, Any]:
    """A text and its entities: kind, the marked words, address. Offsets in UTF-16."""

    def units(words: str) -> int:
        return len(words.encode("utf-16-le")) // 2

    entities = [
        {"kind": kind, "offset": units(text[: text.index(words)]), "length": units(words)}
        | {"url": url}
        for kind, words, url in marks
    ]
    return {"text": text, "entities": sorted(entities, key=lambda each: each["offset"])}


def greet(conversation: Conversation) -> None:
    """The menu."""
    words = SAMPLES[conversation.language]
    icons = ("question", "calendar", "list", "group", "person", "more")
    labels = [button(*each) for each in zip(words["menu"], icons, strict=True)]
    conversation.add(words["hello"])
    conversation.add(words["need"], buttons=labels)


def answer(conversation: Conversation, text: str) -> None:
    """A few words that lead somewhere; everything else gets the same answer."""
    words = SAMPLES[conversation.language]
    if text == "/language":
        conversation.add(
            "Välj språk\nاختيار اللغة", buttons=[button("Svenska"), button("العربية")]
        )
    elif text in {"Svenska", "العربية"}:
        conversation.language = "sv" if text == "Svenska" else "ar"
        greet(conversation)
    elif text == "112":
        crisis = marked(*words["crisis"])
        conversation.add(**crisis, urgency="crisis", buttons=[button(words["person"], "person")])
    elif text == "/person":
        conversation.add(words["reach"], buttons=nav(words, button(words["menu"][1], "calendar")))
    else:
        twin = marked(*SAMPLES["sv"]["answer"]) | {"language": "sv", "direction": "ltr"}
        conversation.add(
            **marked(*words["answer"]),
            buttons=nav(words, button(words["more"]), button(words["person"], "person")),
            twin=None if conversation.language == "sv" else twin,
            folded=conversation.language != "sv",
        )


def nav(words: Mapping[str, Any], *buttons: dict[str, str | None]) -> list[dict[str, str | None]]:
    """Buttons with Back and Menu after them."""
    return [*buttons, button(words["back"], "back"), button(words["start"], "menu")]


class LoseAnswers:
    """Cuts answers to sent messages short, after they were stored."""

    def __init__(self, app: Any, chat: FakeChat) -> None:
        self.app, self.chat = app, chat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request; when told to, let the line break in the middle of the answer."""
        sending = scope["type"] == "http" and scope["path"].startswith("/chat/")
        if not (sending and scope["method"] == "POST" and self.chat.lose_answers):
            await self.app(scope, receive, send)
            return
        self.chat.lose_answers -= 1

        async def cut(part: Any) -> None:
            if part["type"] == "http.response.body":
                part = part | {"body": part["body"][:5], "more_body": True}
            await send(part)

        await self.app(scope, receive, cut)


def create(chat: FakeChat) -> FastAPI:
    """The protocol of the chat, the start page and a page of somebody else's."""
    app = FastAPI(openapi_url=None)
    app.add_middleware(LoseAnswers, chat=chat)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "X-Client-Id"],
        expose_headers=["Retry-After"],
    )
    app.state.chat = chat
    app.add_exception_handler(Refused, _problem)
    app.include_router(router)
    _serve_pages(app)
    return app


def _serve_pages(app: FastAPI) -> None:
    languages = Languages.load(ROOT / "locales" / "languages.toml")
    pages = Environment(
        loader=FileSystemLoader(WIDGET / "templates"), autoescape=select_autoescape()
    )

    @app.get("/")
    async def start(
        lang: str = "sv", code: Annotated[str | None, Query(alias="in")] = None
    ) -> Response:
        words = PAGE.get(lang, {})
        page = pages.get_template("start.html").render(
            language=languages[lang],
            languages=languages.published,
            _=lambda msgid: words.get(msgid, msgid),
            site_name="Ingång",
            operator="Etableringscentrum Stockholm",
            telegram_url="https://t.me/ingang_bot",
            door_code=code,
        )
        headers = {"Content-Security-Policy": CSP, "Referrer-Policy": "same-origin"}
        return HTMLResponse(page, headers=headers)

    @app.get("/embedding")
    async def embedding(lang: str = "sv") -> Response:
        script = f'<script src="http://127.0.0.1:{app.state.port}/widget.js" data-lang="{lang}"'
        style = "<style>* {font-size: 8px !important; letter-spacing: 9px; color: pink}</style>"
        head = f"<title>A page</title>{style}{script} data-exit='/elsewhere' defer></script>"
        body = "<h1>A page</h1><button>Of its own</button>"
        return HTMLResponse(f"<!doctype html><html lang=sv><head>{head}</head><body>{body}")

    @app.get("/elsewhere")
    async def elsewhere() -> Response:
        return HTMLResponse("<!doctype html><html lang=sv><title>Weather</title><p>Sun.")

    @app.get("/{name}")
    async def static(name: str) -> Response:
        path = WIDGET / "static" / Path(name).name
        if not path.is_file():
            return Response(status_code=404)
        asset = Asset.read(path)
        return Response(asset.content, media_type=asset.media_type)


def _conversation(request: Request) -> Conversation:
    """The conversation a request's token opens. Raises Refused 401."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    chat: FakeChat = request.app.state.chat
    if token not in chat.conversations:
        raise Refused(401, "This chat is gone.")
    return chat.conversations[token]


@router.get("/strings/{language}")
async def strings(language: str) -> Response:
    """The words of the widget itself."""
    if language not in SAMPLES:
        raise Refused(404, "No such language.")
    words = {key: text.msgid for key, text in STRINGS.items()} | {**CHROME[language]}
    direction = "rtl" if language == "ar" else "ltr"
    head = {"language": language, "html": language, "direction": direction}
    return JSONResponse(head | {"name": NAMES[language], "strings": words})


@router.post("/session")
async def session(request: Request) -> Response:
    """A new conversation, or the one that was begun with this id."""
    chat: FakeChat = request.app.state.chat
    asked = await request.json()
    language = asked["language"] if asked["language"] in SAMPLES else "sv"
    token = chat.begun.get(asked["client_id"]) or chat.begin(language)
    chat.begun[asked["client_id"]] = token
    feed = chat.conversations[token].feed(0)
    return JSONResponse({"token": token} | feed, status_code=201)


@router.post("/messages")
async def send(request: Request, after: int = 0) -> Response:
    """Store what came, once, and answer."""
    conversation = _conversation(request)
    chat: FakeChat = request.app.state.chat
    if chat.refusals:
        raise chat.refusals.pop(0)
    body = await request.json()
    chat.received.append(body)
    if body["client_id"] not in conversation.seen:
        conversation.seen.add(body["client_id"])
        _turn(conversation, body["client_id"], body["event"])
    return JSONResponse(conversation.feed(after), status_code=202)


@router.post("/files")
async def send_file(request: Request, after: int = 0) -> Response:
    """Keep a photo or a recording, once, for the coaches."""
    conversation = _conversation(request)
    chat: FakeChat = request.app.state.chat
    if chat.refusals:
        raise chat.refusals.pop(0)
    content, client_id = await request.body(), request.headers["x-client-id"]
    media = request.headers["content-type"]
    if client_id not in conversation.seen:
        conversation.seen.add(client_id)
        kind = "photo" if media.startswith("image/") else "voice"
        fields = {"from": "person", "client_id": client_id, "state": "delivered"}
        file = {"kind": kind, "media": media, "seconds": 0 if kind == "photo" else 3}
        message = conversation.add(f"({kind})", file=file, **fields)
        chat.files[message["id"]] = (content, media)
        conversation.add("En människa tittar på det.")
    return JSONResponse(conversation.feed(after), status_code=202)


@router.get("/files/{message}")
async def read_file(request: Request, message: str) -> Response:
    """What was sent with a message."""
    _conversation(request)
    chat: FakeChat = request.app.state.chat
    if message not in chat.files:
        raise Refused(410, "Det är borttaget.")
    content, media = chat.files[message]
    return Response(content, media_type=media)


@router.post("/typing", status_code=204)
async def typing(request: Request) -> None:
    """She is writing."""
    _conversation(request)
    request.app.state.chat.typed += 1


@router.get("/messages")
async def read(request: Request, after: int = 0, wait: float = 0) -> Response:
    """What is new, at once or as soon as there is something."""
    conversation = _conversation(request)
    if wait and conversation.counter <= after:
        with suppress(TimeoutError):
            await asyncio.wait_for(conversation.more.wait(), wait)
    return JSONResponse(_conversation(request).feed(after))


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Says how far the conversation has come."""
    chat: FakeChat = socket.app.state.chat
    if not chat.sockets:
        await socket.close()
        return
    await socket.accept()
    token = json.loads(await socket.receive_text())["token"]
    gone = asyncio.create_task(socket.receive())
    while not gone.done() and token in chat.conversations:
        conversation = chat.conversations[token]
        if conversation.typing:
            conversation.typing = False
            await socket.send_json({"typing": True})
        await socket.send_json({"up_to": conversation.counter})
        more = asyncio.create_task(conversation.more.wait())
        await asyncio.wait({more, gone}, return_when=asyncio.FIRST_COMPLETED)
        more.cancel()
    if not gone.done():
        gone.cancel()
        await socket.close(4401)


def _turn(conversation: Conversation, client_id: str, event: dict[str, Any]) -> None:
    text = event.get("text", "")
    if event["type"] == "tapped":
        message = next(
            (each for each in conversation.messages if each["id"] == event["message"]), None
        )
        text = message["buttons"][event["index"]]["label"] if message else "?"
        if message:
            conversation.change(message, tapped=event["index"])
    fields = {"from": "person", "client_id": client_id, "state": "delivered"}
    rtl = conversation.language == "ar"
    conversation.add(f"{ISOLATES[0]}{text}{ISOLATES[1]}" if rtl else text, **fields)
    answer(conversation, text)


async def _problem(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    body = {"type": "about:blank", "title": "Problem", "status": refused.status}
    headers = {"Retry-After": refused.wait} if refused.wait else {}
    return JSONResponse(
        body | {"detail": refused.detail},
        refused.status,
        headers,
        media_type="application/problem+json",
    )
