"""Filling an empty database with four weeks of invented people, in one transaction.

The story is told in the order of time: every booking meets the claims made before it, exactly as
it would have. The dice have a fixed seed, so that the story is the same each time.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import chain, count
from random import Random

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console import attendance
from backend.console.attendance import Mark
from backend.database import Database, insertion
from backend.demo import courses, earlier, scenes
from backend.demo.accounts import Hash, open_accounts
from backend.demo.people import SEED, PastClock, Row, Stage, Visitor, register
from backend.demo.scenes import Scene
from backend.models import Booking, Hours, Meeting, Message, Person, Setting, Staff
from backend.runtime import Runtime
from backend.services import catalogue
from backend.services.walltime import instant, local_day
from backend.site import activities
from backend.work import Work
from dialogs.stored import load_reply

log = structlog.get_logger()

FILLED_SETTING = "demo_filled"
PAST = timedelta(days=28)
AHEAD = timedelta(days=42)
LATELY = timedelta(hours=20)  # what has come in since then still waits for staff
WEEKEND = timedelta(days=4)  # what came in before that has met a working day
LATEST = timedelta(minutes=15)  # the last one has left before the demonstration begins
SAFETY = "safety"  # the topic of articles about danger
MOSTLY_LATE = 2.2  # 1 would be the same number each day
MORNING, NOON, NIGHT = 7, 13, 22  # when people write, in hours of the day

LANGUAGES = (
    *(("ar", 90), ("uk", 40), ("so", 35), ("ti", 35), ("fa_AF", 35)),
    *(("ru", 20), ("en", 25), ("sv", 20)),
)
Purposes = tuple[tuple[Scene, int], ...]  # a scene, and how many people come for it
EVER: Purposes = (
    (scenes.asks, 74),
    (scenes.books, 111),
    (scenes.joins, 32),
    (scenes.wants_reminders, 15),
    (scenes.learns, 12),
    (scenes.begins, 10),
)
DEALT_WITH: Purposes = ((scenes.gets_an_answer, 17), (scenes.gets_a_call, 7))
OPEN: Purposes = (
    (scenes.asks, 3),
    (scenes.books, 5),
    (scenes.joins, 2),
    (scenes.leaves_a_message, 7),
    (scenes.asks_for_a_call, 5),
)
MARKS: tuple[tuple[Mark, int], ...] = (("attended", 78), ("no_show", 12), ("excused", 10))

Happening = tuple[datetime, int, Callable[[], Awaitable[None]]]


async def fill(runtime: Runtime, hash_password: Hash) -> bool:
    """Fill a database without people; whether it did. Two at a time fill it once."""
    now = runtime.clock.now()
    clock = PastClock(now)
    async with Work.begin(runtime.database, clock, "person") as work:
        session = await work.writing()
        if not await _is_first(session):
            return False
        await open_accounts(session, hash_password, now - PAST)
        version = await _prepare(runtime, work, now)
        await earlier.remember(session, now - PAST)
        story = Story(Stage(runtime, work, clock, version), now)
        await story.tell(session)
        await story.finish(session)
    runtime.hub.nudge()
    log.info("demo_filled", people=len(story.visitors))
    return True


async def is_filled(database: Database) -> bool:
    """Whether a database belongs to a demonstration."""
    async with database.reading() as session:
        return await session.get(Setting, FILLED_SETTING) is not None


async def _is_first(session: AsyncSession) -> bool:
    """Whoever writes the mark first fills; the other waits here until that is committed."""
    mine = await session.scalar(
        insertion(session, Setting)
        .values(name=FILLED_SETTING, value=1)
        .on_conflict_do_nothing()
        .returning(Setting.name)
    )
    return mine is not None and await session.scalar(select(Person.id).limit(1)) is None


async def _prepare(runtime: Runtime, work: Work, now: datetime) -> int:
    """Hours that held in the past too, workshops and a course; the catalogue's version then."""
    session = await work.writing()
    first, last = local_day(now - PAST), local_day(now + AHEAD)
    await session.execute(update(Hours).values(valid_from=first))
    await catalogue.touch(session)
    known = await runtime.cache.get(session)
    await activities.plan(session, runtime.site, known, first, last)
    await courses.open_one(work, known)
    return (await runtime.cache.get(session)).version


def _each(purposes: Purposes) -> Iterator[Scene]:
    return chain.from_iterable([scene] * people for scene, people in purposes)


@dataclass
class Story:
    """Four weeks that end ``now``."""

    stage: Stage
    now: datetime
    rng: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - no secret
    visitors: list[Visitor] = field(default_factory=list)
    _agenda: list[Happening] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    async def tell(self, session: AsyncSession) -> None:
        """Everyone comes for what she comes for, and what follows from it follows."""
        languages = list(chain.from_iterable([code] * share for code, share in LANGUAGES))
        self.rng.shuffle(languages)
        visits: list[tuple[Scene, datetime]] = []
        visits += ((scene, self._once(LATELY)) for scene in _each(EVER))
        visits += ((scene, self._once(WEEKEND)) for scene in _each(DEALT_WITH))
        visits += ((scene, self._lately()) for scene in _each(OPEN))
        for number, ((scene, at), language) in enumerate(zip(visits, languages, strict=True)):
            visitor = Visitor.named(self.stage, number, language, at)
            self.visitors.append(visitor)
            self._note(at, partial(self._comes, scene, visitor))
        await register(session, self.visitors)
        while self._agenda:
            self.stage.clock.at, _number, happens = heapq.heappop(self._agenda)
            await happens()

    async def finish(self, session: AsyncSession) -> None:
        """Staff mark who came and see what is not new; then the transcripts are written."""
        await self._mark_attendance(session)
        await session.execute(
            update(Booking)
            .where(Booking.created_at < self.now - LATELY)
            .values(seen_by_staff=True)
        )
        await self._release_reminders(session)
        rows: list[Row] = []
        for visitor in self.visitors:
            rows += await visitor.leaves()
        # Without it, rows with NULLs in other columns go in as statements of their own.
        together = insert(Message).execution_options(render_nulls=True)
        await session.execute(together, rows)

    def question(self, visitor: Visitor) -> str:
        """A question of hers that an article answers."""
        return visitor.rng.choice(self._questions[visitor.language])

    def follows(self, after: timedelta, scene: Scene, visitor: Visitor) -> None:
        """Another scene, unless it would be in the future."""
        self._note(self.stage.clock.at + after, partial(scene, self, visitor))

    @cached_property
    def _questions(self) -> dict[str, list[str]]:
        """What articles say that people ask; nothing about danger, which is no play."""
        answers = self.stage.runtime.answers
        return {
            language: [
                question
                for article in answers.library.articles
                if language in article.translations and article.topic != SAFETY
                for question in article.translations[language].questions
                if answers.danger(question) is None
            ]
            for language, _share in LANGUAGES
        }

    async def _comes(self, scene: Scene, visitor: Visitor) -> None:
        await visitor.arrives()
        await scene(self, visitor)

    def _note(self, at: datetime, happens: Callable[[], Awaitable[None]]) -> None:
        if at <= self.now - LATEST:
            heapq.heappush(self._agenda, (at, next(self._order), happens))

    def _once(self, before: timedelta) -> datetime:
        """Some time of some day before that, mostly of the last weeks."""
        newest, span = self.now - before, PAST - before
        day = local_day(newest - span * self.rng.random() ** MOSTLY_LATE)
        minute = int(self.rng.triangular(MORNING, NIGHT, NOON) * 60)
        at = instant(day, minute) or newest
        return at if at < newest else at - timedelta(days=1)

    def _lately(self) -> datetime:
        """Some time in the last hours."""
        return self.now - LATEST * 2 - (LATELY - LATEST * 3) * self.rng.random()

    async def _mark_attendance(self, session: AsyncSession) -> None:
        """Everything before today is marked; today's meetings are still to be."""
        today = instant(local_day(self.now), 0)
        rows = await session.execute(
            select(Booking.id, Booking.version, Meeting.ends_at, Meeting.staff_id)
            .join(Meeting, Meeting.id == Booking.meeting_id)
            .where(Booking.state == "confirmed", Meeting.ends_at < today)
            .order_by(Meeting.starts_at, Booking.created_at)
        )
        somebody = await session.scalar(select(Staff.id).order_by(Staff.username).limit(1))
        marks, weights = zip(*MARKS, strict=True)
        for booking, version, ends, coach in rows.all():
            self.stage.clock.at = ends
            self.stage.work.actor = f"staff:{coach or somebody}"
            mark = self.rng.choices(marks, weights)[0]
            await attendance.mark(self.stage.work, booking, version, mark)

    async def _release_reminders(self, session: AsyncSession) -> None:
        """What fell due on the way is part of its person's transcript."""
        due = (Message.state == "planned", Message.due_at <= self.now)
        rows = (await session.scalars(select(Message).where(*due))).all()
        await session.execute(delete(Message).where(*due))
        visitors = {visitor.person: visitor for visitor in self.visitors}
        for row in rows:
            self.stage.clock.at = row.due_at
            visitors[row.person_id].hears(
                load_reply(row.body),
                id=row.id,
                about=row.about,
                about_version=row.about_version,
                dedupe=row.dedupe,
                expires_at=row.expires_at,
            )
