"""The server: people write to the bot, the bot calls methods, and tests see both sides."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.telegram import rules
from tests.telegram.faults import Fault, Refusal, Reset

TOKEN = "42:TEST"
WORDS = {
    "text",
    "caption",
    "file_id",
    "url",
    "secret_token",
    "callback_query_id",
}  # parameters that are never JSON
SENDING = {"sendMessage", "sendPhoto", "sendVoice", "sendAudio"}
PATIENCE = 5.0  # seconds a test waits for something that must happen
MOST_UPLOADED = 50_000_000  # bytes
MOST_FETCHED = 20_000_000  # bytes
DAY_ONE = 1_800_000_000  # Unix time of the first message


@dataclass(frozen=True)
class Call:
    """One call of the bot: the method and its parameters, JSON read."""

    method: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """A message that reached a person."""

    chat: int
    message_id: int
    text: str
    entities: list[dict[str, Any]]
    buttons: list[tuple[str, str]]  # label, callback data
    kind: str = "text"  # or photo, voice, audio
    content: bytes = b""

    def button(self, which: int | str) -> str:
        """The data behind a button, by its number or by words on it."""
        if isinstance(which, int):
            return self.buttons[which][1]
        return next(data for label, data in self.buttons if which in label)

    def styled(self, kind: str) -> list[str]:
        """The words that carry one kind of formatting."""
        text = rules.units(self.text)
        return [
            text[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
            for one in self.entities
            if one["type"] == kind
        ]


@dataclass
class Chat:
    """One private chat as its person sees it."""

    received: deque[Sent] = field(default_factory=deque)
    refusal: Refusal | None = None


class TelegramServer:
    """``async with TelegramServer() as server``: a Bot API at ``server.url``."""

    def __init__(self) -> None:
        self.token = TOKEN
        self.calls: list[Call] = []
        self.updates: list[dict[str, Any]] = []  # not confirmed yet
        self.webhook: dict[str, Any] | None = None
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.allowed: list[str] = []
        self.url = ""
        self.files: dict[str, bytes] = {}  # what people have sent, by its file_id
        self._chats: dict[int, Chat] = {}
        self.outage: Fault | None = None  # what every message ends in, as long as it lasts
        self._faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._numbers = iter(range(1_000, 10**9))
        self._open_taps: set[str] = set()
        self._poller: object = None
        self._news = asyncio.Event()
        self._methods: dict[str, Callable[[dict[str, Any]], Awaitable[object]]] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "getFile": self._get_file,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendVoice": self._send_voice,
            "sendAudio": self._send_audio,
            "answerCallbackQuery": self._answer_callback_query,
            "setMyCommands": self._set_my_commands,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
        }

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MOST_UPLOADED)
        app.router.add_post("/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path}", self._download)
        # A bot that hangs up cancels what it asked for, as a real connection would.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await self._site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    # What people do

    def says(self, chat: int, text: str, *, language: str | None = "ar") -> int:
        """A person writes; returns the update's number."""
        return self.sends(chat, language=language, text=text)

    def sends(self, chat: int, *, language: str | None = None, **content: Any) -> int:
        """A person sends something: ``photo=[…]``, ``voice={…}``."""
        self._chats.setdefault(chat, Chat())
        number = next(self._numbers)
        person = _person(chat, language)
        base = {"message_id": number, "date": DAY_ONE + number, "chat": _private(chat)}
        return self.update(message={**base, "from": person, **content})

    def taps(self, chat: int, message: Sent, which: int | str) -> int:
        """A person taps a button, by its number or by words on it."""
        return self.taps_data(chat, message.button(which), message.message_id)

    def taps_data(self, chat: int, data: str, message_id: int = 1) -> int:
        """A tap with any data, such as that of a button nobody remembers."""
        query = str(next(self._numbers))
        self._open_taps.add(query)
        message = {"message_id": message_id, "date": DAY_ONE, "chat": _private(chat), "text": "x"}
        return self.update(
            callback_query={
                "id": query,
                "from": _person(chat, None),
                "chat_instance": "1",
                "message": message,
                "data": data,
            }
        )

    def update(self, **content: Any) -> int:
        """Any update; one of a kind that the bot did not ask for never reaches it."""
        number = next(self._numbers)
        if not self.allowed or set(content) <= set(self.allowed):
            self.updates.append({"update_id": number, **content})
        self._tell()
        return number

    def sends_file(self, chat: int, kind: str, content: bytes, **told: Any) -> int:
        """A person sends a photo, a voice, an audio or a document; ``told`` is beside it."""
        file = f"F{next(self._numbers)}"
        self.files[file] = content
        size = told.pop("file_size", len(content))
        caption = {"caption": told.pop("caption")} if "caption" in told else {}
        about = {"file_id": file, "file_unique_id": file, "file_size": size, **told}
        if kind == "photo":
            small = {"file_id": "small", "file_unique_id": "small", "width": 90, "height": 67}
            return self.sends(
                chat, photo=[small, {"width": 800, "height": 600, **about}], **caption
            )
        return self.sends(chat, **{kind: {"duration": 3, **about}}, **caption)

    def blocks(self, chat: int) -> None:
        """A person blocks the bot."""
        self._chats[chat].refusal = Refusal(403, "Forbidden: bot was blocked by the user")

    async def hears(self, chat: int) -> Sent:
        """The next message that reached a person; waits for it."""
        received = self._chats.setdefault(chat, Chat()).received
        await self.until(lambda: bool(received))
        return received.popleft()

    # What tests arrange and observe

    def fails(self, method: str, *faults: Fault | None) -> None:
        """The next calls of ``method`` go wrong, one fault each; None lets one pass."""
        self._faults[method].extend(faults)

    def called(self, method: str) -> list[dict[str, Any]]:
        """The parameters of each call of ``method`` so far."""
        return [call.parameters for call in self.calls if call.method == method]

    async def goes_down(self) -> None:
        """From now on connections are refused."""
        await self._site.stop()
        self.outage = Reset()  # for connections that are open already

    async def comes_back(self) -> None:
        """It listens again, where it did."""
        port = int(self.url.rpartition(":")[2])
        self._site = web.TCPSite(self._runner, "127.0.0.1", port)
        await self._site.start()
        self.outage = None

    async def until(self, ready: Callable[[], bool]) -> None:
        """Wait until something holds; it is looked at after every call and update."""
        async with asyncio.timeout(PATIENCE):
            while not ready():
                await self._news.wait()

    async def confirmed(self, update: int) -> None:
        """Wait until the bot has asked beyond an update."""
        await self.until(lambda: update not in [one["update_id"] for one in self.updates])

    async def posts(self, post: Callable[[dict[str, str], bytes], Awaitable[int]]) -> list[int]:
        """Deliver by webhook with ``post(headers, body)``; stops at what is not accepted."""
        assert self.webhook is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        statuses = []
        while self.updates:
            statuses.append(await post(headers, json.dumps(self.updates[0]).encode()))
            if statuses[-1] // 100 != 2:
                break
            del self.updates[0]
        return statuses

    # What the bot calls

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return Refusal(401, "Unauthorized").response()
        form = await request.post()
        parameters = {name: _read(name, value) for name, value in form.items()}
        faults = self._faults[method]
        fault = faults.popleft() if faults else None
        if method in SENDING and fault is None:
            fault = self.outage
        self.calls.append(Call(method, parameters))
        self._tell()
        if fault and not fault.late:
            return await fault.answer(request)
        answer = await self._answer(method, parameters)
        self._tell()
        return await fault.answer(request) if fault else answer

    async def _answer(self, method: str, parameters: dict[str, Any]) -> web.Response:
        serve = self._methods.get(method)
        if serve is None:
            return Refusal(404, "Not Found").response()
        result = await serve(parameters)
        if isinstance(result, Refusal):
            return result.response()
        return web.json_response({"ok": True, "result": result})

    async def _get_me(self, _: dict[str, Any]) -> object:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Ingång", "username": "ingang_bot"}

    async def _get_updates(self, parameters: dict[str, Any]) -> object:
        if self.webhook:
            return Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._poller = me = object()
        self._tell()
        self.allowed = parameters.get("allowed_updates", [])
        offset = parameters.get("offset", 0)
        self.updates = [one for one in self.updates if one["update_id"] >= offset]
        try:
            async with asyncio.timeout(parameters.get("timeout", 0)):
                while not self.updates and self._poller is me:
                    await self._news.wait()
        except TimeoutError:
            return []
        if self._poller is not me:
            return Refusal(409, "Conflict: terminated by other getUpdates request")
        return self.updates[: parameters.get("limit", 100)]

    async def _get_file(self, parameters: dict[str, Any]) -> object:
        file = str(parameters["file_id"])
        if file not in self.files:
            return Refusal(
                400, "Bad Request: wrong file_id or the file is temporarily unavailable"
            )
        if len(self.files[file]) > MOST_FETCHED:
            return Refusal(400, "Bad Request: file is too big")
        size = len(self.files[file])
        return {"file_id": file, "file_unique_id": file, "file_size": size, "file_path": file}

    async def _download(self, request: web.Request) -> web.StreamResponse:
        faults = self._faults["download"]
        fault = faults.popleft() if faults else None
        self.calls.append(Call("download", dict(request.match_info)))
        self._tell()
        if fault:
            return await fault.answer(request)
        if request.match_info["token"] != self.token:
            return Refusal(404, "Not Found").response()
        return web.Response(body=self.files[request.match_info["path"]])

    async def _send_photo(self, parameters: dict[str, Any]) -> object:
        return self._send_file("photo", parameters)

    async def _send_voice(self, parameters: dict[str, Any]) -> object:
        return self._send_file("voice", parameters)

    async def _send_audio(self, parameters: dict[str, Any]) -> object:
        return self._send_file("audio", parameters)

    def _send_file(self, kind: str, parameters: dict[str, Any]) -> object:
        chat = self._chats.get(int(parameters["chat_id"]))
        if chat is None:
            return Refusal(400, "Bad Request: chat not found")
        if chat.refusal:
            return chat.refusal
        caption, markup = str(parameters.get("caption", "")), parameters.get("reply_markup")
        entities = parameters.get("caption_entities", [])
        error = rules.caption_error(caption, entities, markup)
        if error:
            return Refusal(400, f"Bad Request: {error}")
        content = parameters[str(parameters[kind]).removeprefix("attach://")]
        rows = markup["inline_keyboard"] if markup else []
        buttons = [(one["text"], one["callback_data"]) for row in rows for one in row]
        number, to = next(self._numbers), int(parameters["chat_id"])
        chat.received.append(Sent(to, number, caption, entities, buttons, kind, content))
        return {"message_id": number, "date": DAY_ONE + number, "chat": _private(to)}

    async def _send_message(self, parameters: dict[str, Any]) -> object:
        chat = self._chats.get(int(parameters["chat_id"]))
        if chat is None:
            return Refusal(400, "Bad Request: chat not found")
        if chat.refusal:
            return chat.refusal
        text, markup = str(parameters["text"]), parameters.get("reply_markup")
        entities = parameters.get("entities", [])
        error = rules.message_error(text, entities, markup)
        if error:
            return Refusal(400, f"Bad Request: {error}")
        rows = markup["inline_keyboard"] if markup else []
        buttons = [(one["text"], one["callback_data"]) for row in rows for one in row]
        number = next(self._numbers)
        sent = Sent(int(parameters["chat_id"]), number, text, entities, buttons)
        chat.received.append(sent)
        return {
            "message_id": number,
            "date": DAY_ONE + number,
            "chat": _private(sent.chat),
            "text": text,
            "entities": entities,
        }

    async def _answer_callback_query(self, parameters: dict[str, Any]) -> object:
        query = str(parameters["callback_query_id"])
        if query not in self._open_taps:
            return Refusal(400, "Bad Request: query is too old and response timeout expired")
        self._open_taps.remove(query)
        return True

    async def _set_my_commands(self, parameters: dict[str, Any]) -> object:
        commands, scope = parameters["commands"], parameters.get("scope", {})
        error = rules.commands_error(commands)
        if error:
            return Refusal(400, f"Bad Request: {error}")
        self.commands[str(scope.get("chat_id", "default"))] = commands
        return True

    async def _set_webhook(self, parameters: dict[str, Any]) -> object:
        error = rules.webhook_error(parameters["url"], parameters.get("secret_token"))
        if error:
            return Refusal(400, f"Bad Request: {error}")
        self.webhook = parameters
        self.allowed = parameters.get("allowed_updates", [])
        return True

    async def _delete_webhook(self, _: dict[str, Any]) -> object:
        self.webhook = None
        return True

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


def _read(name: str, value: Any) -> Any:
    """A form field: JSON where the Bot API takes JSON or a number, else text."""
    if isinstance(value, web.FileField):
        return value.file.read()
    if name in WORDS:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _person(chat: int, language: str | None) -> dict[str, Any]:
    """Telegram tells more about people than anyone needs; tests see that it ends there."""
    known = {"id": chat, "is_bot": False, "first_name": "Secret-Name", "username": "secret_user"}
    return {**known, "language_code": language} if language else known


def _private(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": "Secret-Name", "username": "secret_user"}
