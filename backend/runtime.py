"""The composition root: the only place where the program is put together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
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
from backend.enclosing import Enclosures, with_files
from backend.fetching import Fetcher
from backend.front_door import FrontDoor
from backend.letters import Writer
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
from knowledge.library import Library
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
        await self.database.close()


def load_answers(folders: tuple[Path, ...], texts: Catalogue) -> Answers:
    """Articles, search, small talk and danger, for every published language."""
    library = load_library(folders, texts.languages)
    alarm = Alarm.load(KNOWLEDGE)
    talk = Talk.load(KNOWLEDGE / "talk")
    return Answers(library, Index.build(library.documents()), alarm, talk, texts.languages)


def load_library(folders: tuple[Path, ...], languages: Languages) -> Library:
    """The articles alone, in every published language."""
    codes = tuple(language.code for language in languages.published)
    return Library.load(folders, codes, languages.by_code.keys() - set(codes))


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
    answers = load_answers(article_folders(settings), texts)
    renderer = Renderer(texts, answers, ZONE)
    links = Links(settings.url, settings.video_url.rstrip("/"), vault)
    site = read_site(settings.site)
    hub, cache, policy = Hub(), CatalogueCache(links, site.rules), Policy.of(settings)
    channels = discover(settings) if channels is None else channels
    wording = Wording(renderer, links)
    channels = with_files(channels, Enclosures(database, clock, cache, wording))
    registry = Registry(DIALOGS)
    engine = Engine(registry, Router(registry, renderer, texts.languages))
    first_steps = FirstSteps.load(FIRST_WEEKS)

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

    door = FrontDoor(database, clock, vault, engine, renderer, channels, hub, ports)
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
    worker = Worker(
        database, clock, hub, door, releaser, senders, cache, policy, post, calendars, digest
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
    )
