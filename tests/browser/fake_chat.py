"""A small stand-in for the chat server, with faults to order, for tests of the widget alone."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape

from backend.widget.strings import STRINGS
from dialogs.i18n import Languages

ROOT = Path(__file__).resolve().parents[2]
WIDGET = ROOT / "backend" / "widget"
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


@dataclass
class Conversation:
    """One person's messages, and the counter that both ``seq`` and ``changed`` come from."""

    language: str
    messages: list[Message] = field(default_factory=list)
    counter: int = 0
    seen: set[str] = field(default_factory=set)
    more: asyncio.Event = field(default_factory=asyncio.Event)

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
        }


@dataclass
class FakeChat:
    """The server's memory, and what it is told to do wrong."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)
    lose_answers: int = 0
    refusals: list[tuple[int, str, str | None]] = field(default_factory=list)
    sockets: bool = True
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
        return [each["text"] for each in self.conversation.messages if each["from"] == "person"]


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
        sending = scope["type"] == "http" and scope["path"] == "/chat/messages"
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
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"],
    )
    _serve_pages(app)
    _serve_chat(app, chat)
    return app


def _serve_pages(app: FastAPI) -> None:
    languages = Languages.load(ROOT / "locales" / "languages.toml")
    pages = Environment(
        loader=FileSystemLoader(WIDGET / "templates"), autoescape=select_autoescape()
    )

    @app.get("/")
    async def start(lang: str = "sv") -> Response:
        words = PAGE.get(lang, {})
        page = pages.get_template("start.html").render(
            language=languages[lang],
            languages=languages.published,
            _=lambda msgid: words.get(msgid, msgid),
            site_name="Ingång",
            operator="Etableringscentrum Stockholm",
            telegram_url="https://t.me/ingang_bot",
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
        return FileResponse(path) if path.is_file() else Response(status_code=404)


def _serve_chat(app: FastAPI, chat: FakeChat) -> None:
    def conversation_of(request: Request) -> Conversation | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return chat.conversations.get(token)

    @app.get("/chat/strings/{language}")
    async def strings(language: str) -> Response:
        if language not in SAMPLES:
            return _problem(404, "No such language.")
        words = {key: text.msgid for key, text in STRINGS.items()} | CHROME[language]
        direction = "rtl" if language == "ar" else "ltr"
        name = {"ar": "العربية", "sv": "Svenska"}[language]
        head = {"language": language, "html": language, "direction": direction, "name": name}
        return JSONResponse(head | {"strings": words})

    @app.post("/chat/session")
    async def session(request: Request) -> Response:
        asked = await request.json()
        token = chat.begin(asked["language"] if asked["language"] in SAMPLES else "sv")
        feed = chat.conversations[token].feed(0)
        return JSONResponse({"token": token} | feed, status_code=201)

    @app.post("/chat/messages")
    async def send(request: Request, after: int = 0) -> Response:
        conversation = conversation_of(request)
        if conversation is None:
            return _problem(401, "This chat is gone.")
        if chat.refusals:
            status, detail, wait = chat.refusals.pop(0)
            return _problem(status, detail, wait)
        body = await request.json()
        chat.received.append(body)
        if body["client_id"] not in conversation.seen:
            conversation.seen.add(body["client_id"])
            _turn(conversation, body["client_id"], body["event"])
        return JSONResponse(conversation.feed(after), status_code=202)

    @app.get("/chat/messages")
    async def read(request: Request, after: int = 0, wait: float = 0) -> Response:
        conversation = conversation_of(request)
        if conversation is None:
            return _problem(401, "This chat is gone.")
        if wait and conversation.counter <= after:
            try:
                await asyncio.wait_for(conversation.more.wait(), wait)
            except TimeoutError:
                pass
        if conversation_of(request) is None:
            return _problem(401, "This chat is gone.")
        return JSONResponse(conversation.feed(after))

    @app.websocket("/chat/live")
    async def live(socket: WebSocket) -> None:
        if not chat.sockets:
            await socket.close()
            return
        await socket.accept()
        token = json.loads(await socket.receive_text())["token"]
        gone = asyncio.create_task(socket.receive())
        while not gone.done() and token in chat.conversations:
            conversation = chat.conversations[token]
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
    conversation.add(text, **fields)
    answer(conversation, text)


def _problem(status: int, detail: str, wait: str | None = None) -> Response:
    body = {"type": "about:blank", "title": "Problem", "status": status, "detail": detail}
    headers = {"Retry-After": wait} if wait else {}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


DAYS = {"sv": "måndag 23 november (23/11)", "ar": "الاثنين 23 نوفمبر (23/11)"}

SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "sv": {
        "hello": "Välkommen till Ingång, vägen in till Etableringscentrum i Stockholm.\n\n"
        "Jag är en maskin. Jag svarar med texter som människor har skrivit. "
        "När jag inte vet svarar en människa.",
        "need": "Vad behöver du? Tryck på en knapp, eller skriv din fråga.",
        "menu": (
            "Ställ en fråga",
            "Boka en coach",
            "Mina möten",
            "Aktiviteter",
            "Prata med en människa",
            "Mer",
        ),
        "answer": (
            "Skaffa personnummer\n"
            "Anmäl din flytt till Skatteverket. Sedan får du ett personnummer "
            "(ditt nummer i Sverige).\n\n"
            "1. Boka tid hos Skatteverket.\n"
            "2. Ta med pass och uppehållstillstånd. Ta också med papper om ditt äktenskap och "
            "dina barn.\n"
            "3. Ring 0771-567 567 om du undrar.\n\n"
            "Källa: Skatteverket: Flytta till Sverige\n"
            "Källan lästes måndag 9 november (9/11), ännu inte godkänd.",
            ("bold", "Skaffa personnummer", None),
            ("bold", "personnummer (ditt nummer i Sverige)", None),
            ("phone", "0771-567 567", "tel:+46771567567"),
            ("link", "Skatteverket: Flytta till Sverige", "https://www.skatteverket.se/flytta"),
        ),
        "crisis": (
            "Är du i fara nu? Ring 112. Det går från alla telefoner.\n\n"
            "Säg vad som har hänt och var du är. Lägg inte på.",
            ("bold", "Är du i fara nu? Ring ", None),
            ("phone", "112", "tel:112"),
        ),
        "reach": "Hur vill du nå en människa?",
        "more": "Det här kan du ta med",
        "person": "Fråga en människa",
        "back": "Tillbaka",
        "start": "Meny",
    },
    "ar": {
        "hello": "أهلًا بك في \u2068Ingång\u2069، المدخل إلى \u2068Etableringscentrum\u2069 "
        "في ستوكهولم.\n\nأنا برنامج آلي. أجيب بنصوص كتبها أشخاص. عندما لا أعرف، يجيب شخص.",
        "need": "ما الذي تحتاجه؟ يمكن الضغط على زر أو كتابة سؤالك.",
        "menu": (
            "طرح سؤال",
            "حجز موعد مع مرشد",
            "مواعيدي",
            "الأنشطة",
            "التحدث مع شخص",
            "المزيد",
        ),
        "answer": (
            "الحصول على الرقم الشخصي (personnummer)\n"
            "سجّل انتقالك لدى مصلحة الضرائب (Skatteverket). بعد ذلك تحصل على "
            "الرقم الشخصي (personnummer).\n\n"
            "1. حجز موعد لدى مصلحة الضرائب.\n"
            "2. إحضار جواز السفر وتصريح الإقامة، وأوراق الزواج والأطفال أيضًا.\n"
            "3. للسؤال: الاتصال على \u20660771-567 567\u2069.\n\n"
            "المصدر: \u2068Skatteverket: Flytta till Sverige\u2069\n"
            "قُرئ المصدر يوم الاثنين 9 نوفمبر \u2066(9/11)\u2069، ولم تتم الموافقة عليه بعد.",
            ("bold", "الحصول على الرقم الشخصي (personnummer)", None),
            ("phone", "\u20660771-567 567\u2069", "tel:+46771567567"),
            (
                "link",
                "\u2068Skatteverket: Flytta till Sverige\u2069",
                "https://www.skatteverket.se/flytta",
            ),
        ),
        "crisis": (
            "هل أنت في خطر الآن؟ الاتصال على \u2066112\u2069. يعمل من كل هاتف.\n\n"
            "قل ماذا حدث وأين أنت. لا تغلق الخط.",
            ("bold", "هل أنت في خطر الآن؟", None),
            ("phone", "\u2066112\u2069", "tel:112"),
        ),
        "reach": "كيف تريد التواصل مع شخص؟",
        "more": "ما يمكنك إحضاره",
        "person": "سؤال شخص",
        "back": "رجوع",
        "start": "القائمة",
    },
}

CHROME: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "chat": "Chatt med Ingång",
        "open": "Skriv till oss",
        "close": "Stäng",
        "unread": "Nya meddelanden: {n}",
        "below": "Nytt meddelande längre ner",
        "language": "Språk",
        "talk": "Prata med en människa",
        "leave": "Lämna snabbt",
        "forget": "Lämna och glöm",
        "shared": "Andra använder den här telefonen. Glöm chatten när jag lämnar.",
        "log": "Meddelanden",
        "assistant": "Assistent (automatisk)",
        "coach": "{name}, en människa",
        "someone": "En människa",
        "you": "Du",
        "system": "Meddelande",
        "crisis": "Viktigt",
        "message": "Ditt meddelande",
        "write": "Skriv här",
        "send": "Skicka",
        "chosen": "Vald",
        "sending": "Skickas",
        "sent": "Skickat",
        "read": "Läst",
        "unsent": "Inte skickat. Försök igen",
        "offline": "Ingen kontakt just nu. Det du skriver sparas och skickas sedan.",
        "wait": "Det var mycket på en gång. Vänta lite. Det du skrev skickas snart.",
        "refused": "Det gick inte att skicka. Du kan ändra och försöka igen.",
        "full": "Meddelandet är fullt. Skicka det nu och skriv mer i nästa.",
        "ended": "Chatten är stängd. Du kan starta en ny.",
        "restart": "Starta en ny chatt",
        "renewed": "Den gamla chatten är stängd. Det här är en ny.",
        "page": "öppnar en ny sida",
    },
    "ar": {
        "chat": "محادثة مع Ingång",
        "open": "مراسلتنا",
        "close": "إغلاق",
        "unread": "رسائل جديدة: {n}",
        "below": "رسالة جديدة في الأسفل",
        "language": "اللغة",
        "talk": "التحدث مع شخص",
        "leave": "خروج سريع",
        "forget": "خروج ومسح",
        "shared": "يستخدم آخرون هذا الهاتف. مسح المحادثة عند الخروج.",
        "log": "الرسائل",
        "assistant": "المساعد (آلي)",
        "coach": "{name}، شخص",
        "someone": "شخص",
        "you": "أنت",
        "system": "إشعار",
        "crisis": "مهم",
        "message": "رسالتك",
        "write": "الكتابة هنا",
        "send": "إرسال",
        "chosen": "تم اختياره",
        "sending": "جارٍ الإرسال",
        "sent": "تم الإرسال",
        "read": "تمت القراءة",
        "unsent": "لم تُرسل. محاولة مرة أخرى",
        "offline": "لا يوجد اتصال الآن. ما تكتبه محفوظ وسيُرسل لاحقًا.",
        "wait": "رسائل كثيرة مرة واحدة. لحظة من فضلك. سيُرسل ما كتبته قريبًا.",
        "refused": "تعذّر الإرسال. يمكن التعديل والمحاولة مرة أخرى.",
        "full": "الرسالة ممتلئة. يمكن إرسالها الآن وكتابة المزيد في رسالة أخرى.",
        "ended": "هذه المحادثة مغلقة. يمكن بدء محادثة جديدة.",
        "restart": "بدء محادثة جديدة",
        "renewed": "المحادثة القديمة مغلقة. هذه محادثة جديدة.",
        "page": "يفتح صفحة جديدة",
    },
}

PAGE: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "Questions about your first time in Stockholm? Write in your own language.": "Frågor om "
        "din första tid i Stockholm? Skriv på ditt eget språk.",
        "Go to the chat": "Till chatten",
        "Language": "Språk",
        "The chat is opening.": "Chatten öppnas.",
        "The chat needs JavaScript. Turn it on, or come and visit us.": "Chatten behöver "
        "JavaScript. Slå på det, eller besök oss.",
        "Run by {operator}": "Drivs av {operator}",
        "Who sees what I write": "Vem ser det jag skriver",
    },
    "ar": {
        "Questions about your first time in Stockholm? Write in your own language.": "أسئلة عن "
        "بداية حياتك في ستوكهولم؟ الكتابة بلغتك.",
        "Go to the chat": "إلى المحادثة",
        "Language": "اللغة",
        "The chat is opening.": "يتم فتح المحادثة.",
        "The chat needs JavaScript. Turn it on, or come and visit us.": "تحتاج المحادثة إلى "
        "JavaScript. يمكن تشغيله أو زيارتنا.",
        "Run by {operator}": "الجهة المسؤولة: {operator}",
        "Who sees what I write": "من يرى ما أكتبه",
    },
}
