"""The composition root: the only place where the program is put together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select

from backend.answers import Answers
from backend.calendars.words import Wording
from backend.channels import Channel, discover
from backend.clock import OFFSET_SETTING, ZONE, SystemClock
from backend.conversations import Loaded
from backend.database import Database
from backend.delivery import Sender
from backend.digest import Digest
from backend.editions import Editions
from backend.enclosing import Enclosures, with_files
from backend.fetching import Fetcher
from backend.front_door import FrontDoor
from backend.incoming import Incoming
from backend.letters import Writer
from backend.media.cleaner import Cleaner
from backend.models import Setting
from backend.post import PostOffice
from backend.release import Releaser
from backend.services.asking import PersonInterpreters, PersonNeeds, PersonWishes
from backend.services.busy import Reader as BusyReader
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CatalogueCache, CurrentCatalogue
from backend.services.coming import PersonAttendance
from backend.services.courses import PersonCourses
from backend.services.desk import PersonBooking
from backend.services.erasure import Policy
from backend.services.first_weeks import PersonFirstWeeks
from backend.services.gatherings import PersonActivities
from backend.services.handoff import PersonHandoff
from backend.services.links import Links
from backend.services.own_weeks import PersonWeeks
from backend.services.papers import PersonPapers
from backend.services.people import PersonRecord
from backend.services.plans import PersonPlans
from backend.services.questions import AskedQuestions
from backend.services.reaching import PersonReach
from backend.services.walltime import local_day
from backend.settings import REPOSITORY, Settings
from backend.site import Site, apply, read_site
from backend.talks.hers import PersonTalks
from backend.talks.switchboard import Switchboard
from backend.talks.timers import Timers
from backend.translation import LibreTranslate, Translator
from backend.translation.incoming import Translations
from backend.vault import Vault
from backend.wake import Hub
from backend.work import Work
from backend.worker import Worker
from dialogs.core import Registry
from dialogs.engine import Engine
from dialogs.i18n import Catalogue, Languages
from dialogs.ports import Ports
from dialogs.render import Renderer
from dialogs.routing import DIALOGS, Router
from knowledge.alarm import Alarm
from knowledge.first_weeks import FirstSteps
from knowledge.library import Library, Overlay
from knowledge.search import Index
from knowledge.talk import Talk

log = structlog.get_logger()

LOCALES = REPOSITORY / "locales"
KNOWLEDGE = REPOSITORY / "knowledge"
FIRST_WEEKS = KNOWLEDGE / "first_weeks.toml"
SITE_EVERY = timedelta(hours=6)


@dataclass(frozen=True)
class Runtime:
    """Everything a running program consists of."""

    settings: Settings
    site: Site
    database: Database
    clock: SystemClock
    vault: Vault
    texts: Catalogue
    answers: Answers
    renderer: Renderer
    hub: Hub
    cache: CatalogueCache
    policy: Policy
    channels: Mapping[str, Channel]
    door: FrontDoor
    releaser: Releaser
    worker: Worker
    switchboard: Switchboard
    editions: Editions | None = field(default=None, kw_only=True)
    cleaner: Cleaner = field(default_factory=Cleaner, kw_only=True)
    translator: Translator | None = field(default=None, kw_only=True)

    async def refresh_clock(self) -> None:
        """Take over the demonstration's clock when another process has moved it."""
        if not self.settings.demo:
            return
        async with self.database.reading() as session:
            milliseconds = await session.scalar(
                select(Setting.value).where(Setting.name == OFFSET_SETTING)
            )
        if self.clock.set_offset(milliseconds or 0):
            self.hub.nudge()

    async def follow_clock(self) -> None:
        """Notice when a demonstration's clock is moved, here or in another process."""
        woken = self.hub.worker()
        while self.settings.demo:
            woken.clear()
            await self.refresh_clock()
            await woken.wait()

    async def refresh_articles(self) -> None:
        """Take over what editors have changed since the articles were last read."""
        if self.editions is not None:
            await self.editions.refresh()

    async def follow_articles(self) -> None:
        """Notice what editors change, here or in another process."""
        if self.editions is not None:
            await self.editions.follow()

    async def keep_site(self) -> None:
        """Apply the site file again now and then: activities are planned some weeks ahead."""
        while True:
            await asyncio.sleep(SITE_EVERY.total_seconds())
            try:
                async with self.database.writing() as session:
                    await apply(session, self.site, local_day(self.clock.now()))
            except Exception:
                log.exception("site_not_applied")

    async def close(self) -> None:
        """Let go of channels and database."""
        for channel in self.channels.values():
            await channel.close()
        if self.translator is not None:
            await self.translator.close()
        await self.database.close()


def load_answers(folders: tuple[Path, ...], texts: Catalogue) -> Answers:
    """Articles, search, small talk and danger, for every published language."""
    library = load_library(folders, texts.languages)
    alarm = Alarm.load(KNOWLEDGE)
    talk = Talk.load(KNOWLEDGE / "talk")
    return Answers(library, Index.build(library.documents()), alarm, talk, texts.languages)


def load_library(
    folders: tuple[Path, ...], languages: Languages, overlay: Overlay | None = None
) -> Library:
    """The articles alone, in every published language; editors' texts are laid over them."""
    codes = tuple(language.code for language in languages.published)
    return Library.load(folders, codes, languages.by_code.keys() - set(codes), overlay)


def article_folders(settings: Settings) -> tuple[Path, ...]:
    """The shipped articles, and the operator's laid over them."""
    own = (settings.knowledge_dir,) if settings.knowledge_dir else ()
    return (KNOWLEDGE / "articles", *own)


def open_runtime(
    settings: Settings,
    *,
    clock: SystemClock | None = None,
    channels: Mapping[str, Channel] | None = None,
) -> Runtime:
    """Put the program together. Nothing is started and nothing is read from the network."""
    clock = clock or SystemClock()
    database = Database(settings.database)
    vault = Vault(settings.secret())
    texts = Catalogue.load(LOCALES)
    folders = article_folders(settings)
    answers = replace(load_answers(folders, texts))  # its own, as others may have read them too
    renderer = Renderer(texts, answers, ZONE)
    links = Links(settings.url, settings.video_url.rstrip("/"), vault)
    site = read_site(settings.site)
    hub, cache, policy = Hub(), CatalogueCache(links, site.rules), Policy.of(settings)
    editions = Editions(database, hub, answers, partial(load_library, folders, texts.languages))
    channels = discover(settings) if channels is None else channels
    wording = Wording(renderer, links)
    channels = with_files(channels, Enclosures(database, clock, cache, wording))
    registry = Registry(DIALOGS)
    engine = Engine(registry, Router(registry, renderer, texts.languages))
    first_steps = FirstSteps.load(FIRST_WEEKS)
    terms = site.talk.terms
    switchboard = Switchboard(renderer, channels, cache, terms, answers.topic_of)

    def ports(loaded: Loaded, work: Work, channel: Channel) -> Ports:
        person = loaded.session.person
        catalogue = CurrentCatalogue(cache, work, loaded.catalogue)
        wishes = PersonWishes(person, loaded.session.language, work, catalogue)
        return Ports(
            knowledge=answers,
            questions=AskedQuestions(person, loaded.session.language, work, vault),
            calendar=PersonCalendar(person, work, catalogue),
            booking=PersonBooking(person, work, catalogue),
            requests=wishes,
            waitlist=wishes,
            interpreters=PersonInterpreters(person, work),
            needs=PersonNeeds(person, work, links),
            activities=PersonActivities(person, work, catalogue),
            courses=PersonCourses(person, work, catalogue),
            attendance=PersonAttendance(person, work, catalogue, vault),
            weeks=PersonWeeks(person, work, catalogue),
            plans=PersonPlans(person, work, catalogue),
            papers=PersonPapers(person, work, vault),
            first_weeks=PersonFirstWeeks(person, work, first_steps, links),
            reach=PersonReach(person, loaded.session.language, work, vault, channels),
            handoff=PersonHandoff(person, loaded.conversation, work, vault),
            talks=PersonTalks(
                person,
                loaded.conversation,
                loaded.unit,
                loaded.talk,
                work,
                catalogue,
                terms,
                answers.topic_of,
            ),
            people=PersonRecord(
                person,
                loaded.address,
                work,
                catalogue,
                policy,
                channel.name,
                channel.notice,
            ),
            clock=clock,
            languages=texts.languages,
        )

    cleaner = Cleaner()
    incoming = Incoming(database, channels, cleaner, clock)
    door = FrontDoor(database, clock, vault, engine, renderer, channels, hub, ports, incoming)
    releaser = Releaser(database, clock, renderer, channels, hub)
    senders = [
        Sender(database, clock, renderer, vault, channel, hub)
        for channel in channels.values()
        if not channel.pulls
    ]
    server, writer = settings.mail_server, Writer(renderer, settings.mail_from, site.name)
    post = PostOffice(database, clock, cache, writer, server) if server else None
    own_host = urlsplit(settings.url).hostname or ""
    calendars = BusyReader(database, clock, vault, Fetcher().fetch, own_host)
    digest = (
        Digest(database, clock, cache, renderer, server, settings.mail_from, site.name)
        if server
        else None
    )
    translator = translator_of(settings, clock)
    worker = Worker(
        database,
        clock,
        hub,
        door,
        releaser,
        senders,
        cache,
        policy,
        Timers(database, clock, hub, switchboard),
        post,
        calendars,
        digest,
        Translations(database, clock, hub, translator) if translator else None,
    )
    return Runtime(
        settings,
        site,
        database,
        clock,
        vault,
        texts,
        answers,
        renderer,
        hub,
        cache,
        policy,
        channels,
        door,
        releaser,
        worker,
        switchboard,
        editions=editions,
        cleaner=cleaner,
        translator=translator,
    )


def translator_of(settings: Settings, clock: SystemClock) -> Translator | None:
    """The operator's translation server, when there is one."""
    if not settings.translate_url:
        return None
    key = settings.translate_key.get_secret_value()
    return LibreTranslate.at(settings.translate_url, key, clock)
