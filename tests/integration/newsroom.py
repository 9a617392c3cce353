"""Editors at their browsers and newcomers in the chat of the same program, with few articles."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import insert, select

from backend import runtime as programs
from backend import site
from backend.answers import Answers
from backend.app import create_app
from backend.console import sessions
from backend.database import Database
from backend.models import ArticleEdit, Staff
from backend.runtime import Runtime, open_runtime
from backend.services.walltime import local_day
from backend.settings import Settings
from dialogs.i18n import Catalogue
from knowledge.alarm import Alarm
from knowledge.search import Index
from knowledge.talk import Talk
from tests.clock import FrozenClock
from tests.integration.console_office import HOST, ORIGIN, Browser

FEW = ("library-card", "language-cafe")


@dataclass
class Newsroom:
    """The whole program over a database, without its worker."""

    runtime: Runtime
    app: FastAPI

    @asynccontextmanager
    async def signed_in(self, role: str = "editor", name: str = "Eva") -> AsyncIterator[Browser]:
        """A browser that somebody of this role has signed in with."""
        async with self.runtime.database.writing() as session:
            staff = await session.scalar(select(Staff.id).where(Staff.username == name))
            if staff is None:
                staff = name
                account = {"username": name, "name": name, "role": role, "language": "en"}
                made = {"languages": [], "services": [], "created_at": self.runtime.clock.now()}
                await session.execute(insert(Staff).values(id=staff, **account, **made))
            token = await sessions.begin(session, staff, self.runtime.clock.now())
        transport = ASGITransport(self.app, client=(HOST, 1))
        async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
            client.cookies.set("sid", token, HOST)
            yield Browser(client)

    @asynccontextmanager
    async def widget(self, language: str) -> AsyncIterator[Widget]:
        """A newcomer who has opened the chat on the start page and chosen her language."""
        transport = ASGITransport(self.app, client=(HOST, 1))
        async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
            body = {"client_id": str(uuid4()), "language": language}
            begun = (await client.post("/chat/session", json=body)).json()
            widget = Widget(client, begun["token"])
            await widget.taps(self.runtime.texts.languages[language].name)
            yield widget

    async def edits(self) -> dict[tuple[str, str], ArticleEdit]:
        """The rows laid over the files."""
        async with self.runtime.database.reading() as session:
            rows = await session.scalars(select(ArticleEdit))
            return {(row.slug, row.language): row for row in rows}


@dataclass
class Widget:
    """The chat on a page, as its script speaks with us."""

    client: AsyncClient
    token: str

    async def says(self, text: str) -> None:
        """Write."""
        await self._sends({"type": "said", "text": text})

    async def taps(self, label: str) -> None:
        """Tap the newest button that is called so."""
        for message in reversed(await self.messages()):
            for index, button in enumerate(message["buttons"]):
                if label in button["label"]:
                    tapped = {"type": "tapped", "message": message["id"], "index": index}
                    await self._sends(tapped)
                    return
        raise AssertionError(label)

    async def messages(self) -> list[dict[str, Any]]:
        """The transcript, in order."""
        answer = await self.client.get("/chat/messages", headers=self._headers)
        return sorted(answer.json()["messages"], key=lambda message: message["seq"])

    async def _sends(self, event: dict[str, Any]) -> None:
        body = {"client_id": str(uuid4()), "event": event}
        answer = await self.client.post("/chat/messages", json=body, headers=self._headers)
        assert answer.status_code == 202, answer.text

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class FewArticles:
    """A folder of a few articles, read and indexed once: all of them take seconds each time."""

    def __init__(self, folder: Path, texts: Catalogue) -> None:
        self.texts = texts
        self.folders = (folder,)
        for slug in FEW:
            shutil.copytree(programs.KNOWLEDGE / "articles" / slug, folder / slug)
        library = programs.load_library(self.folders, texts.languages)
        alarm, talk = Alarm.load(programs.KNOWLEDGE), Talk.load(programs.KNOWLEDGE / "talk")
        index = Index.build(library.documents())
        self.answers = Answers(library, index, alarm, talk, texts.languages)

    def stand_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every program of this test answers from them."""
        monkeypatch.setattr(programs, "article_folders", lambda _settings: self.folders)
        monkeypatch.setattr(programs, "load_answers", lambda _folders, _texts: self.answers)
        monkeypatch.setattr(programs.Catalogue, "load", lambda _folder: self.texts)


@asynccontextmanager
async def open_newsroom(
    database: Database, clock: FrozenClock, folder: Path
) -> AsyncIterator[Newsroom]:
    """A program over a database. A test's FewArticles make it fast."""
    url = database.url.render_as_string(hide_password=False)
    settings = Settings(
        var_dir=folder, secret_key="test", database_url=url, second_factor="optional"
    )
    runtime = open_runtime(settings, clock=clock)  # type: ignore[arg-type]
    async with database.writing() as session:
        await site.apply(session, runtime.site, local_day(clock.now()))
    try:
        yield Newsroom(runtime, create_app(runtime))
    finally:
        await runtime.close()
