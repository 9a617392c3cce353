"""Staff at their browsers, for tests that read as one: signs in, opens, fills in, presses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import select, update

from backend import catalogues, console
from backend.answers import Answers
from backend.api import problems
from backend.api.headers import SecurityHeaders
from backend.console import sessions
from backend.console.passwords import Passwords, make_hasher
from backend.console.throttle import Throttle
from backend.database import Database
from backend.models import Journal, Message, Staff
from backend.runtime import KNOWLEDGE, LOCALES, Runtime, translator_of
from backend.settings import REPOSITORY, Settings
from backend.site import Site, read_site
from dialogs.i18n import Catalogue, Languages, Table
from knowledge.alarm import Alarm
from knowledge.library import Library
from knowledge.search import Index
from knowledge.talk import Talk
from tests.clock import FrozenClock
from tests.house import House, Person, build

HOST = "127.0.0.1"
ORIGIN = f"http://{HOST}:8000"
PASSWORD = "en lång stig hem"
ROLES = ("coach", "coordinator", "editor", "admin")
CHEAP_KIB = 64


@dataclass
class Field:
    """One input of a form."""

    name: str
    value: str
    kind: str
    checked: bool = False


@dataclass
class Form:
    """A form of a page, with what its buttons say."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[Field] = field(default_factory=list)

    def filled(self, **given: object) -> list[tuple[str, str]]:
        """What a browser would send."""
        sent = [
            (item.name, item.value)
            for item in self.fields
            if item.name not in given and (item.kind not in {"checkbox", "radio"} or item.checked)
        ]
        for name, value in given.items():
            values = value if isinstance(value, list) else [value]
            sent += [
                (name.replace("_day", "-day").replace("_time", "-time"), each) for each in values
            ]
        return sent


class Reader(HTMLParser):
    """Reads a page the way a person does: words, links and forms."""

    SILENT = frozenset(("script", "style", "title", "textarea", "option", "dialog"))

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._silent: list[str] = []
        self._link: str | None = None
        self._button: Field | None = None
        self._area: Field | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag."""
        given = {name: value or "" for name, value in attrs}
        if tag in self.SILENT:
            self._silent.append(tag)
        if tag == "a":
            self._link = given.get("href", "")
            self.links.append((self._link, ""))
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        else:
            self._take_field(tag, given)

    def _take_field(self, tag: str, given: dict[str, str]) -> None:
        match tag:
            case "input" if self.forms and "name" in given:
                self.forms[-1].fields.append(
                    Field(
                        given["name"],
                        given.get("value", ""),
                        given.get("type", "text"),
                        "checked" in given,
                    )
                )
            case "textarea":
                self._area = Field(given["name"], "", "textarea")
                self.forms[-1].fields.append(self._area)
            case "select":
                self._select = given["name"]
            case "option" if self._select and "selected" in given:
                self.forms[-1].fields.append(Field(self._select, given["value"], "select"))
            case "button" if self.forms:
                self._button = Field(given.get("name", ""), given.get("value", ""), "")
                self.forms[-1].buttons.append(self._button)
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        """Leave a tag."""
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()
        if tag == "a":
            self._link = None
        elif tag == "button":
            self._button = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        """Take in words."""
        if self._area is not None:
            self._area.value += data
        if self._button is not None:
            self._button.kind += data
        if self._link is not None:
            href, words = self.links[-1]
            self.links[-1] = (href, words + data)
        if not self._silent:
            self.words.append(data)


@dataclass
class Page:
    """What a browser shows."""

    response: Response

    def __post_init__(self) -> None:
        self._reader = Reader()
        self._reader.feed(self.response.text)

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def words(self) -> str:
        """Everything that can be read, without the invisible marks around names."""
        text = re.sub("[\u2066-\u2069\u200f]", "", "".join(self._reader.words))
        return " ".join(text.split())

    @property
    def html(self) -> str:
        """The source."""
        return self.response.text

    @property
    def links(self) -> list[tuple[str, str]]:
        """Where each link leads, and its words."""
        return [(href, " ".join(words.split())) for href, words in self._reader.links]

    @property
    def forms(self) -> list[Form]:
        """Every form."""
        return self._reader.forms

    def form(self, button: str) -> tuple[Form, Field]:
        """The first form with a button that begins with these words."""
        for form in self.forms:
            for found in form.buttons:
                if " ".join(found.kind.split()).startswith(button):
                    return form, found
        message = f"no button {button!r} in {self.words}"
        raise AssertionError(message)


@dataclass
class Browser:
    """A browser with its cookies."""

    client: AsyncClient
    page: Page | None = None

    async def opens(self, path: str) -> Page:
        """Follow a link, wherever it leads."""
        return self._shows(await self.client.get(path, follow_redirects=True))

    async def follows(self, words: str) -> Page:
        """Follow the first link that begins with these words."""
        assert self.page is not None
        for href, text in self.page.links:
            if text.startswith(words):
                return await self.opens(href)
        message = f"no link {words!r} in {self.page.links}"
        raise AssertionError(message)

    async def presses(self, button: str, **given: object) -> Page:
        """Fill in the form that has this button, and press it."""
        assert self.page is not None
        form, pressed = self.page.form(button)
        sent = form.filled(**given)
        if pressed.name:
            sent.append((pressed.name, pressed.value))
        if form.method == "get":
            path = str(self.client.build_request("GET", form.action, params=sent).url)
            return await self.opens(path)
        return await self.sends(form.action, sent)

    async def sends(
        self, path: str, sent: Sequence[tuple[str, str]], headers: Mapping[str, str] | None = None
    ) -> Page:
        """Send a form."""
        data: dict[str, list[str]] = {}
        for name, value in sent:
            data.setdefault(name, []).append(str(value))
        own = {"Origin": ORIGIN} if headers is None else headers
        return self._shows(
            await self.client.post(path, data=data, headers=own, follow_redirects=True)
        )

    def _shows(self, response: Response) -> Page:
        assert response.status_code != HTTPStatus.INTERNAL_SERVER_ERROR
        self.page = Page(response)
        return self.page

    @property
    def csrf(self) -> str:
        """The token of the page that is open."""
        assert self.page is not None
        return next(
            item.value for form in self.page.forms for item in form.fields if item.name == "csrf"
        )


@dataclass
class Office:
    """A running program without its worker, and those who work in it."""

    house: House
    runtime: Runtime
    app: FastAPI
    pauses: list[float]

    def person(self, name: str = "anna", channel: str = "web") -> Person:
        """A newcomer."""
        return self.house.person(name, channel)

    @asynccontextmanager
    async def browser(self, host: str = "127.0.0.1") -> AsyncIterator[Browser]:
        """A browser nobody has signed in with."""
        transport = ASGITransport(self.app, client=(host, 1))
        async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
            yield Browser(client)

    @asynccontextmanager
    async def signed_in(
        self, username: str = "amina", role: str = "coach"
    ) -> AsyncIterator[Browser]:
        """A browser that somebody has signed in with."""
        async with self.browser() as browser:
            async with self.runtime.database.writing() as session:
                await session.execute(
                    update(Staff).where(Staff.username == username).values(role=role)
                )
                staff = await session.scalar(select(Staff.id).where(Staff.username == username))
                assert staff is not None
                token = await sessions.begin(session, staff, self.runtime.clock.now())
            browser.client.cookies.set("sid", token, HOST)
            yield browser

    async def journal(self, entity: str) -> list[tuple[str, str]]:
        """Who did what to an entity."""
        async with self.runtime.database.reading() as session:
            rows = await session.execute(
                select(Journal.actor, Journal.action)
                .where(Journal.entity == entity)
                .order_by(Journal.id)
            )
            return [(actor, action) for actor, action in rows]

    async def messages(self, **given: object) -> Sequence[Message]:
        """Message rows, in order."""
        async with self.runtime.database.reading() as session:
            rows = await session.scalars(
                select(Message).filter_by(**given).order_by(Message.seq, Message.due_at)
            )
            return rows.all()


async def open_office(
    database: Database,
    clock: FrozenClock,
    var: Path,
    texts: Catalogue | None = None,
    **given: Any,
) -> Office:
    """An office in a house: one unit, three coaches, a workshop; ``given`` are settings."""
    house = await build(database, clock, texts or translated({}))
    runtime = runtime_of(house, var, **given)
    hashed = make_hasher(CHEAP_KIB).hash(PASSWORD)
    async with database.writing() as session:
        await session.execute(update(Staff).values(password_hash=hashed, language="en"))
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    app = FastAPI()
    app.state.runtime = runtime
    app.add_middleware(SecurityHeaders, https=False, framed=False)
    problems.install(app)
    passwords = Passwords(make_hasher(CHEAP_KIB))
    console.install(app, runtime, passwords, Throttle(pause))
    return Office(house, runtime, app, pauses)


def runtime_of(house: House, var: Path, **given: Any) -> Runtime:
    """A house as a runtime. Its articles are the few that its search knows."""
    settings = Settings(**({"var_dir": var, "second_factor": "optional"} | given))
    library = Library(tuple(house.knowledge.articles.values()), ("sv", "en", "ar"))
    return Runtime(
        settings,
        _site(settings.site),
        house.database,
        house.clock,  # type: ignore[arg-type]
        house.vault,
        house.texts,
        Answers(library, Index.build([]), *_danger_and_talk(), house.texts.languages),
        house.renderer,
        house.hub,
        house.cache,
        house.policy,
        {channel.name: channel for channel in (house.push, house.pull)},
        house.door,
        house.releaser,
        house.worker,
        house.switchboard,
        translator=translator_of(settings, house.clock),  # type: ignore[arg-type]
    )


@cache
def _site(path: Path) -> Site:
    """What a site's file says; read once."""
    return read_site(path)


@cache
def _danger_and_talk() -> tuple[Alarm, Talk]:
    """What is read from files, and never changes."""
    return Alarm.load(KNOWLEDGE), Talk.load(KNOWLEDGE / "talk")


async def leaves_a_message(person: Person, text: str, language: str = "English") -> str:
    """A newcomer writes to the coaches; her conversation's id."""
    await person.settles(language)
    await person.says("/person")
    await person.taps("Write a message")
    person.house.clock.forward(seconds=1)
    await person.says(text)
    conversation = await person.conversation()
    assert conversation is not None
    return conversation.id


async def wants_a_call(person: Person, number: str = "070 123 45 67") -> str:
    """A newcomer asks to be called in the morning; her conversation's id."""
    await person.settles()
    await person.says("/person")
    await person.taps("Call me")
    await person.says(number)
    await person.taps("In the morning")
    conversation = await person.conversation()
    assert conversation is not None
    return conversation.id


def translated(texts: Mapping[str, Mapping[str, str]]) -> Catalogue:
    """A catalogue with these translations, ``{language: {msgid: words}}``, and every msgid."""
    tables = {
        code: Table({msgid: (words,) for msgid, words in table.items()}, lambda n: int(n != 1))
        for code, table in texts.items()
    }
    return Catalogue(Languages.load(LOCALES / "languages.toml"), tables, every_msgid())


@cache
def every_msgid() -> frozenset[str]:
    """What the code says, also where the catalogues have not been brought up to date."""
    msgids = [message.id for message in catalogues.collect(REPOSITORY) if message.id]
    return frozenset(msgid if isinstance(msgid, str) else msgid[0] for msgid in msgids)
