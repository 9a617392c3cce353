"""A whole house for integration tests: the real door, worker and services on a real database.

Only search is faked, and the channels record instead of sending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import APIRouter
from sqlalchemy import insert, select

from backend import conversations
from backend.channels import Door, Limits, Receipt, Undeliverable
from backend.clock import ZONE
from backend.conversations import Loaded
from backend.database import Database
from backend.delivery import Sender
from backend.front_door import FrontDoor
from backend.inbox import Sender as InboxSender
from backend.incoming import Incoming
from backend.media.cleaner import Cleaner
from backend.models import Conversation, Hours, Meeting, Message, Service, Staff, Unit
from backend.release import Releaser
from backend.services import catalogue as catalogues
from backend.services.asking import PersonInterpreters, PersonNeeds, PersonWishes
from backend.services.bookings import Bookings
from backend.services.calendar import PersonCalendar
from backend.services.catalogue import CatalogueCache, CurrentCatalogue
from backend.services.coming import PersonAttendance
from backend.services.courses import PersonCourses
from backend.services.desk import PersonBooking
from backend.services.erasure import Policy
from backend.services.first_weeks import PersonFirstWeeks
from backend.services.gatherings import PersonActivities
from backend.services.handoff import PersonHandoff
from backend.services.own_weeks import PersonWeeks
from backend.services.papers import PersonPapers
from backend.services.people import PersonRecord
from backend.services.plans import PersonPlans
from backend.services.questions import AskedQuestions
from backend.services.reaching import PersonReach
from backend.services.walltime import instant, wall_text
from backend.settings import REPOSITORY
from backend.talks.hers import PersonTalks
from backend.talks.switchboard import Switchboard
from backend.talks.timers import Timers
from backend.transcript import as_read
from backend.vault import Vault
from backend.wake import Hub
from backend.work import Work
from backend.worker import Worker
from dialogs.core import Registry
from dialogs.engine import Engine
from dialogs.i18n import Catalogue
from dialogs.messages import Address, Event, Inbound, Rendered, Said, Started, Tapped
from dialogs.ports import Meeting as SeenMeeting
from dialogs.ports import Ports
from dialogs.render import Renderer
from dialogs.routing import DIALOGS, Router
from dialogs.talks import Terms
from dialogs.text import Text
from knowledge.first_weeks import FirstSteps
from tests.chat import plain
from tests.clock import FrozenClock
from tests.fakes import FakeKnowledge

COACHES = ("amina", "bo", "carla")
ASSOCIATION = Policy(90, may_delete_messages=True)
FIRST_STEPS = FirstSteps.load(REPOSITORY / "knowledge" / "first_weeks.toml")
WORKSHOP_DAY = date(2026, 11, 26)
SERVICES = (
    ("coaching", {"sv": "Coachning", "en": "Coaching", "ar": "لقاء مع مدرب"}, False),
    ("advice", {"sv": "Rådgivning", "en": "Advice", "ar": "مشورة"}, False),
    ("cv-workshop", {"sv": "CV-verkstad", "en": "CV workshop", "ar": "ورشة"}, True),
)


@dataclass
class RecordingChannel:
    """Keeps what it is told to deliver; ``faults`` are raised first, one for each try."""

    name: str = "telegram"
    pulls: bool = False
    limits: Limits = field(default_factory=Limits)
    notice: Text | None = None
    delivered: list[tuple[Address, str, Rendered]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)  # what people have sent, by its name
    answers: bool = True

    async def listen(self, door: Door) -> None:
        """Events are handed in by the test."""

    async def deliver(self, address: Address, message: str, rendered: Rendered) -> Receipt:
        """Remember it, or fail as planned."""
        if self.faults:
            raise self.faults.pop(0)
        self.delivered.append((address, message, rendered))
        return Receipt(f"r{len(self.delivered)}")

    async def fetch(self, file: str) -> bytes:
        """What the test has put there, or fail as planned."""
        if self.faults:
            raise self.faults.pop(0)
        if file not in self.files:
            raise Undeliverable(file)
        return self.files[file]

    async def speaks(self, address: Address, language: str) -> None:
        """Remember it."""
        self.spoken.append(language)

    async def reachable(self) -> bool:
        """Unless the test says otherwise."""
        return self.answers

    def routes(self) -> APIRouter | None:
        """None."""
        return None

    async def close(self) -> None:
        """Nothing is held."""


@dataclass
class House:
    """Everything that runs, and a way to be a person in it."""

    database: Database
    clock: FrozenClock
    texts: Catalogue
    knowledge: FakeKnowledge
    renderer: Renderer
    vault: Vault
    hub: Hub
    cache: CatalogueCache
    policy: Policy
    push: RecordingChannel
    pull: RecordingChannel
    door: FrontDoor
    releaser: Releaser
    sender: Sender
    worker: Worker
    switchboard: Switchboard
    timers: Timers

    def person(self, name: str = "anna", channel: str = "telegram") -> Person:
        """Somebody on a channel."""
        return Person(self, Address(channel, name))

    async def bookings(self, work: Work) -> Bookings:
        """Booking rows, as staff would use them."""
        return Bookings(work, await self.cache.get(await work.reading()))


@dataclass
class Person:
    """Someone who writes and taps; reads the transcript as she would."""

    house: House
    address: Address
    events: int = 0

    async def starts(self, hint: str | None = "en") -> None:
        """Open the conversation and choose English."""
        await self.sends(Started(hint))

    async def settles(self, language: str = "English") -> None:
        """Open the conversation and choose a language."""
        await self.sends(Started(None))
        await self.taps(language)

    async def says(self, text: str) -> None:
        """Write."""
        await self.sends(Said(text))

    async def taps(self, label: str) -> None:
        """Tap the newest button whose English label has these words."""
        await self.sends(await self.find(label))

    async def find(self, label: str) -> Tapped:
        """The tap on the newest button whose English label has these words."""
        for row in reversed(await self.messages()):
            for index, button in enumerate(self._in_english(row).buttons):
                if label in plain(button.label):
                    return Tapped(row.id, index)
        shown = [self._in_english(row).buttons for row in await self.messages()]
        message = f"no button {label!r} in {shown}"
        raise AssertionError(message)

    async def sends(self, event: Event, message_id: str | None = None) -> bool:
        """Hand an event in, as a channel does; False when it was known."""
        self.events += 1
        number = message_id or f"e{self.events}"
        inbound = Inbound(self.address, number, self.house.clock.now(), event)
        new = await self.house.door.accept(inbound)
        await self.house.door.receive(self.address)
        return new

    async def messages(self) -> Sequence[Message]:
        """Her transcript, in order."""
        conversation = await self.conversation()
        if conversation is None:
            return []
        async with self.house.database.reading() as session:
            rows = await session.scalars(
                select(Message)
                .where(Message.conversation_id == conversation.id)
                .order_by(Message.seq)
            )
            return rows.all()

    async def labels(self) -> list[str]:
        """The buttons of the last message, in English."""
        page = (await self.messages())[-1]
        return [plain(button.label) for button in self._in_english(page).buttons]

    async def heard(self, last: int = 1) -> str:
        """The last messages to her, in English."""
        rows = [row for row in await self.messages() if row.direction == "out"]
        return "\n\n".join(plain(self._in_english(row).text) for row in rows[-last:])

    async def conversation(self) -> Conversation | None:
        """Her conversation's row."""
        account = self.house.vault.fingerprint(self.address.channel, self.address.id)
        async with self.house.database.reading() as session:
            return await conversations.of_sender(
                session, InboxSender(self.address.channel, account)
            )

    async def id(self) -> str:
        """Her person's id."""
        conversation = await self.conversation()
        assert conversation is not None
        return conversation.person_id

    async def meetings(self) -> Sequence[SeenMeeting]:
        """What she has booked."""
        work = Work(self.house.database, self.house.clock)
        try:
            return await (await self.house.bookings(work)).coming(await self.id())
        finally:
            await work.close()

    async def books(self, time: str = "09:00") -> str:
        """Book a coach; the booking's id."""
        await self.says("/book")
        await self.taps(time)
        await self.taps("Yes, book it")
        (meeting,) = await self.meetings()
        return meeting.booking

    def _in_english(self, row: Message) -> Rendered:
        return as_read(self.house.renderer, row, "en")


async def build(database: Database, clock: FrozenClock, texts: Catalogue) -> House:
    """A house with one unit, three coaches and a workshop."""
    await furnish(database)
    return assemble(database, clock, texts, RecordingChannel())


def assemble(
    database: Database,
    clock: FrozenClock,
    texts: Catalogue,
    push: RecordingChannel,
    policy: Policy = ASSOCIATION,
) -> House:
    """A house over a database that is furnished already."""
    knowledge = FakeKnowledge()
    renderer = Renderer(texts, knowledge, ZONE)
    vault, hub, cache = Vault("test"), Hub(), CatalogueCache()
    pull = RecordingChannel("web", pulls=True)
    channels = {channel.name: channel for channel in (push, pull)}
    engine = Engine(Registry(DIALOGS), Router(Registry(DIALOGS), renderer, texts.languages))

    terms = Terms()
    switchboard = Switchboard(renderer, channels, cache, terms, knowledge.topic_of)
    timers = Timers(database, clock, hub, switchboard)

    def ports(loaded: Loaded, work: Work, channel: Any) -> Ports:
        person, catalogue = loaded.session.person, CurrentCatalogue(cache, work, loaded.catalogue)
        wishes = PersonWishes(person, loaded.session.language, work, catalogue)
        return Ports(
            knowledge=knowledge,
            questions=AskedQuestions(person, loaded.session.language, work, vault),
            calendar=PersonCalendar(person, work, catalogue),
            booking=PersonBooking(person, work, catalogue),
            requests=wishes,
            waitlist=wishes,
            interpreters=PersonInterpreters(person, work),
            needs=PersonNeeds(person, work, cache.links),
            activities=PersonActivities(person, work, catalogue),
            courses=PersonCourses(person, work, catalogue),
            attendance=PersonAttendance(person, work, catalogue, vault),
            weeks=PersonWeeks(person, work, catalogue),
            plans=PersonPlans(person, work, catalogue),
            papers=PersonPapers(person, work, vault),
            first_weeks=PersonFirstWeeks(person, work, FIRST_STEPS, cache.links),
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
                knowledge.topic_of,
            ),
            people=PersonRecord(
                person, loaded.address, work, catalogue, policy, channel.name, channel.notice
            ),
            clock=clock,
            languages=texts.languages,
        )

    incoming = Incoming(database, channels, Cleaner(), clock)
    door = FrontDoor(database, clock, vault, engine, renderer, channels, hub, ports, incoming)
    releaser = Releaser(database, clock, renderer, channels, hub)
    sender = Sender(database, clock, renderer, vault, push, hub)
    worker = Worker(database, clock, hub, door, releaser, [sender], cache, policy, timers)
    return House(
        database, clock, texts, knowledge, renderer, vault, hub, cache, policy,
        push, pull, door, releaser, sender, worker, switchboard, timers,
    )  # fmt: skip


async def furnish(database: Database, coaches: Sequence[str] = COACHES) -> None:
    """A unit, two services, coaches with hours on weekdays, and one workshop."""
    async with database.writing() as session:
        await session.execute(
            insert(Unit).values(
                id="centre",
                position=0,
                name="Etableringscentrum",
                address="Medborgarplatsen 4",
                door={"sv": "Röd dörr", "en": "Red door", "ar": "الباب الأحمر"},
                districts=[],
                aliases=[],
            )
        )
        await session.execute(
            insert(Service),
            [
                {
                    "id": service,
                    "position": position,
                    "name": words,
                    "about": words,
                    "bring": {"sv": "Id-kort", "en": "ID card", "ar": "بطاقة هوية"},
                    "minutes": 45,
                    "is_group": group,
                }
                for position, (service, words, group) in enumerate(SERVICES)
            ],
        )
        await session.execute(
            insert(Staff),
            [
                {
                    "id": coach,
                    "username": coach,
                    "name": coach.capitalize(),
                    "role": "coach",
                    "languages": ["sv", "ar"] if number == 0 else ["sv", "en"],
                    "services": ["coaching", "advice"],
                    "created_at": instant(date(2026, 1, 1), 0),
                }
                for number, coach in enumerate(coaches)
            ],
        )
        await session.execute(
            insert(Hours),
            [
                {
                    "staff_id": coach,
                    "unit_id": "centre",
                    "weekday": weekday,
                    "from_minute": 9 * 60,
                    "to_minute": 12 * 60,
                    "valid_from": date(2026, 1, 1),
                }
                for coach in coaches
                for weekday in range(1, 6)
            ],
        )
        starts = instant(WORKSHOP_DAY, 13 * 60)
        assert starts is not None
        await session.execute(
            insert(Meeting).values(
                id="workshop",
                service_id="cv-workshop",
                unit_id="centre",
                local_start=wall_text(starts),
                starts_at=starts,
                ends_at=instant(WORKSHOP_DAY, 15 * 60),
                capacity=2,
            )
        )
        await catalogues.touch(session)
