"""A small translation server on this machine: translates a few words, or misbehaves."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from aiohttp import web

KEY = "k-123"
LANGUAGES = [
    {"code": "sv", "name": "Swedish", "targets": ["en", "ar", "fa", "uk", "sv"]},
    {"code": "ar", "name": "Arabic", "targets": ["en", "sv"]},
    {"code": "fa", "name": "Persian", "targets": ["en", "sv"]},
    {"code": "en", "name": "English", "targets": ["ar", "sv"]},
    {"code": "uk", "name": "Ukrainian", "targets": ["en"]},
]
WORDS = {
    ("sv", "ar"): {"Hej": "مرحبا", "Kom": "تعال", "med ditt": "ومعك", "Ring": "اتصل"},
    ("ar", "sv"): {"أين أسجل": "Var skriver jag in mig"},
    ("sv", "fa"): {"Hej": "سلام"},
}


@dataclass(frozen=True)
class Answer:
    """What to answer instead; None hangs until the client gives up."""

    status: int | None
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


NEVER = Answer(None)
PAGE = Answer(200, "<!doctype html><title>Sign in to the network</title>")
BROKEN = Answer(500, '{"error": "Cannot translate text"}')
EMPTY = Answer(200, "")
ELSEWHERE = Answer(302, "", (("Location", "/languages"),))
SPOILED: dict[str, Callable[[str], object]] = {
    "nothing": lambda text: {"translatedText": ""},
    "blank": lambda text: {"translatedText": "  \n "},
    "a number": lambda text: {"translatedText": 7},
    "a list": lambda text: [text],
    "no text": lambda text: {"translation": text},
    "null": lambda text: None,
    "ten times as long": lambda text: {"translatedText": text + "ja " * 10 * len(text)},
    "a page": lambda text: {"translatedText": f"<html><body>{text}</body></html>"},
    "a script": lambda text: {"translatedText": f"{text}<script>alert()</script>"},
    "a mark lost": lambda text: {"translatedText": re.sub(r"<span.*?</span>", "", text, count=1)},
    "a mark twice": lambda text: {"translatedText": f"{text} K0"},
    "a mark of nobody's": lambda text: {"translatedText": f"{text} K77"},
}


class TranslationServer:
    """``async with TranslationServer() as server``: LibreTranslate's API at ``server.url``."""

    def __init__(self, key: str = "") -> None:
        self.key = key
        self.asked: list[dict[str, object]] = []
        self.faults: deque[Answer] = deque()
        self.spoils: Callable[[str], object] | None = None
        self.requests: list[str] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/languages", self._languages)
        app.router.add_post("/translate", self._translate)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    async def _languages(self, request: web.Request) -> web.Response:
        self.requests.append("languages")
        if self.faults:
            return await _misbehave(self.faults.popleft())
        return web.json_response(LANGUAGES)

    async def _translate(self, request: web.Request) -> web.Response:
        self.requests.append("translate")
        if self.faults:
            return await _misbehave(self.faults.popleft())
        asked = await request.json()
        if asked.get("api_key", "") != self.key:
            return web.json_response({"error": "Invalid API key"}, status=403)
        self.asked.append(asked)
        words = asked["q"]
        if self.spoils is not None:
            return web.Response(text=json.dumps(self.spoils(words)))
        table = WORDS.get((asked["source"], asked["target"]), {})
        texts = [words] if isinstance(words, str) else words
        found = [_in_words_of(table, text) for text in texts]
        return web.json_response({"translatedText": found[0] if texts is not words else found})


def _in_words_of(table: dict[str, str], text: str) -> str:
    for word, other in table.items():
        text = text.replace(word, other)
    return text


async def _misbehave(answer: Answer) -> web.Response:
    if answer.status is None:
        await asyncio.Event().wait()
    return web.Response(
        status=answer.status or 500, text=answer.body, headers=dict(answer.headers)
    )
