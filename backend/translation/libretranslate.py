"""A translation server that speaks as LibreTranslate does. It is told words and nothing else.

What it answers is believed only when it is a translation beyond doubt: a page of HTML, an empty
text, one that is far too long or that has lost a number counts as no translation.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog
from httpx2 import AsyncClient, HTTPError

from backend.translation.languages import spelled
from backend.translation.protection import Hidden, Protection, put_back
from backend.translation.translator import (
    NotATranslation,
    NothingToTranslate,
    Resting,
    TranslationFailed,
    Unanswered,
    UnknownLanguage,
)
from dialogs.ports import Clock

log = structlog.get_logger()

PATIENCE = timedelta(seconds=3)  # for everything that one translation needs
LANGUAGES_FOR = timedelta(hours=1)
LEFT_ALONE = timedelta(seconds=30)  # after no answer: a coach does not wait for each message
MOST_BYTES = 256_000
TIMES_AS_LONG = 10
SHORT = 10  # letters; shorter texts may grow as much as these
AUTO = "auto"

Languages = Mapping[str, frozenset[str] | None]  # targets by source; None is any


@dataclass
class LibreTranslate:
    """One server. Its languages are asked for once and remembered for an hour."""

    client: AsyncClient
    clock: Clock
    key: str = ""
    protection: Protection = field(default_factory=Protection.load)
    patience: timedelta = PATIENCE
    _languages: Languages = field(default_factory=dict)
    _asked_at: datetime | None = None
    _alone_until: datetime | None = None

    @classmethod
    def at(cls, url: str, key: str, clock: Clock) -> LibreTranslate:
        """The server at an address. Nothing is asked yet."""
        client = AsyncClient(base_url=f"{url.rstrip('/')}/", timeout=None, trust_env=False)
        return cls(client, clock, key)

    async def translate(self, text: str, source: str | None, target: str) -> str:
        """The text in another language, with its numbers, links and terms as they were.

        Raises TranslationFailed; at once when the server has just been silent.
        """
        hidden = self.protection.hide(text)
        if not hidden.has_words:
            raise NothingToTranslate
        now = self.clock.now()
        if self._alone_until is not None and now < self._alone_until:
            raise Resting
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                return await self._translate(text, hidden, source, target)
        except (TimeoutError, HTTPError, OSError) as error:
            self._alone_until = now + LEFT_ALONE
            log.warning("translation.unanswered", error=type(error).__name__)
            raise Unanswered from None  # its own words may hold the text
        except TranslationFailed as error:
            log.info("translation.failed", reason=type(error).__name__)
            raise

    async def close(self) -> None:
        """Let go of connections."""
        await self.client.aclose()

    async def _translate(self, text: str, hidden: Hidden, source: str | None, target: str) -> str:
        spoken, wanted = await self._pair(source, target)
        asked = {"source": spoken, "target": wanted, "format": "html"}
        if self.key:
            asked["api_key"] = self.key
        written = [line for line in hidden.lines if line.strip()]
        words = written[0] if len(written) == 1 else written
        answer = await self._ask("translate", {"q": words, **asked})
        lines = _lines_of(answer, len(written))
        if sum(map(len, lines)) > TIMES_AS_LONG * max(SHORT, sum(map(len, written))):
            raise NotATranslation
        whole = iter(lines)
        found = put_back(
            [next(whole) if line.strip() else "" for line in hidden.lines], hidden.kept
        )
        if not found or len(found) > TIMES_AS_LONG * max(SHORT, len(text)):
            raise NotATranslation
        if found == text:
            raise NothingToTranslate
        return found

    async def _pair(self, source: str | None, target: str) -> tuple[str, str]:
        """What the server calls both languages. Raises UnknownLanguage."""
        known = await self._known()
        targets = set(known).union(*(codes for codes in known.values() if codes))
        wanted = spelled(target, targets)
        if wanted is None:
            raise UnknownLanguage(target)
        if source is None:
            return AUTO, wanted
        spoken = spelled(source, known)
        if spoken is None or wanted not in (known[spoken] or targets):
            raise UnknownLanguage(source)
        return spoken, wanted

    async def _known(self) -> Languages:
        now = self.clock.now()
        if self._asked_at is None or now >= self._asked_at + LANGUAGES_FOR:
            self._languages = _languages_of(await self._ask("languages"))
            self._asked_at = now
        return self._languages

    async def _ask(self, path: str, asked: Mapping[str, object] | None = None) -> object:
        """What the server answers, as JSON. Raises NotATranslation."""
        method = "GET" if asked is None else "POST"
        async with self.client.stream(method, path, json=asked) as answer:
            if answer.status_code != HTTPStatus.OK:
                log.warning("translation.refused", status=answer.status_code)
                raise NotATranslation
            read = bytearray()
            async for chunk in answer.aiter_bytes():
                read += chunk
                if len(read) > MOST_BYTES:
                    raise NotATranslation
        try:
            found: object = json.loads(bytes(read))
        except (ValueError, RecursionError):
            raise NotATranslation from None
        return found


def _languages_of(answer: object) -> Languages:
    """Which languages it translates from, and to which. Raises NotATranslation."""
    found: dict[str, frozenset[str] | None] = {}
    for row in answer if isinstance(answer, list) else []:
        match row:
            case {"code": str(code), "targets": list(targets)}:
                found[code] = frozenset(each for each in targets if isinstance(each, str))
            case {"code": str(code)}:
                found[code] = None
            case _:
                pass
    if not found:
        raise NotATranslation
    return found


def _lines_of(answer: object, count: int) -> Sequence[str]:
    """The translated lines, as many as were sent. Raises NotATranslation."""
    match answer:
        case {"translatedText": str(text)} if count == 1:
            return [text]
        case {"translatedText": list(texts)} if len(texts) == count:
            lines = [text for text in texts if isinstance(text, str) and text.strip()]
            if len(lines) == count:
                return lines
        case _:
            pass
    raise NotATranslation
