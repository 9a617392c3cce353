"""Who of the coaches may have a conversation: taking, giving back, passing on, taking over.

The state machine says what follows; this says what a coach may ask of it. Each change belongs to
one unit of work, and is run again when it raises ChangedMeanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models import Conversation, Staff
from backend.services.pen import Pen
from backend.talks import duty
from backend.talks.rows import talk_of
from backend.talks.switchboard import NoSuchThread
from backend.work import Work
from dialogs.talks import TakenByOther, Talk

TAKES_TALKS = ("coach", "coordinator")


class HasEnough(Exception):
    """A coach has as many talks as she takes at once; ``coach`` is her id."""

    def __init__(self, coach: str, most: int) -> None:
        super().__init__(coach, most)
        self.coach = coach
        self.most = most


class NotOnDuty(Exception):
    """A colleague does not take talks at this moment; ``coach`` is her id."""

    def __init__(self, coach: str) -> None:
        super().__init__(coach)
        self.coach = coach


class NobodyHasIt(Exception):
    """No coach has this conversation any more: it has ended, or waits again."""


@dataclass(frozen=True)
class Colleague:
    """Somebody who takes talks just now: ``talks`` she has, of ``most`` at once."""

    id: str
    name: str
    languages: tuple[str, ...]
    talks: int
    most: int

    @property
    def has_room(self) -> bool:
        """Whether she takes one more."""
        return self.talks < self.most


async def loads(session: AsyncSession) -> Mapping[str, int]:
    """How many talks each coach has, by id. A letter that was answered is no talk."""
    rows = await session.scalars(select(Conversation).where(Conversation.owner == "coach"))
    talks = (talk_of(row) for row in rows)
    return Counter(talk.coach for talk in talks if talk.coach and talk.is_live)


async def colleagues(session: AsyncSession, work: Work, own: str) -> Sequence[Colleague]:
    """Who else takes talks at this moment, those with room first."""
    rows = await session.scalars(
        select(Staff)
        .where(duty.is_there(work.clock.now()), Staff.id != own, Staff.role.in_(TAKES_TALKS))
        .order_by(Staff.name, Staff.id)
    )
    has = await loads(session)
    found = [
        Colleague(row.id, row.name, tuple(row.languages), has.get(row.id, 0), row.most_talks)
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.has_room)


@dataclass(frozen=True)
class Hand:
    """What one coach does with whole conversations within one unit of work."""

    pen: Pen

    async def take(self, thread: str) -> None:
        """Have it. Who takes one is on duty from then on, for somebody waits for her.

        Raises NoSuchThread, TakenByOther or HasEnough; somebody in danger is never refused.
        """
        talk = await self._talk(thread)
        if talk.owner == "coach" and talk.coach == self.pen.staff:
            return
        if talk.owner == "coach":
            raise TakenByOther(talk.coach or "")
        await self._begin(may_refuse=not talk.is_urgent)
        await self.pen.claim(thread)

    async def take_over(self, thread: str, holder: str) -> None:
        """Have what ``holder`` has; what nobody has any more is taken.

        Raises NoSuchThread, HasEnough, or TakenByOther when it is somebody else's by now.
        """
        talk = await self._talk(thread)
        if talk.owner != "coach":
            await self.take(thread)
        elif talk.coach != self.pen.staff:
            if talk.coach != holder:
                raise TakenByOther(talk.coach or "")
            await self._begin(may_refuse=not talk.is_urgent)
            self.pen.work.note("conversation", thread, "taken_over", holder=holder)
            await self.pen.pass_on(thread, self.pen.staff, holder)

    async def hand_back(self, thread: str, note: str = "") -> None:
        """The assistant again. Raises NoSuchThread, NobodyHasIt or TakenByOther."""
        await self._expect_mine(thread)
        await self.pen.hand_back(thread, note)

    async def pass_on(self, thread: str, to: str | None, note: str = "") -> None:
        """To a colleague on duty who has room, or to whoever is next.

        Raises NoSuchThread, NobodyHasIt, TakenByOther, NotOnDuty or HasEnough.
        """
        await self._expect_mine(thread)
        if to is not None:
            session = await self.pen.work.writing()
            there = await colleagues(session, self.pen.work, self.pen.staff)
            found = next((each for each in there if each.id == to), None)
            if found is None:
                raise NotOnDuty(to)
            if not found.has_room:
                raise HasEnough(to, found.most)
        await self.pen.pass_on(thread, to, note=note)

    async def block(self, thread: str, *, on: bool) -> None:
        """No talks with her for a week, or again. Raises NoSuchThread or TakenByOther."""
        talk = await self._talk(thread)
        if talk.owner == "coach" and talk.coach != self.pen.staff:
            raise TakenByOther(talk.coach or "")
        self.pen.work.note("conversation", thread, "blocked" if on else "unblocked")
        await self.pen.block(thread, on=on)

    async def _begin(self, *, may_refuse: bool) -> None:
        """On duty, which comes first of all writes. Raises HasEnough."""
        session, staff = await self.pen.work.writing(), self.pen.staff
        most = await session.scalar(select(Staff.most_talks).where(Staff.id == staff)) or 0
        if may_refuse and (await loads(session)).get(staff, 0) >= most:
            raise HasEnough(staff, most)
        now = self.pen.work.clock.now()
        if not await duty.is_on_duty(session, staff, now):
            await duty.switch(session, staff, now, on=True)

    async def _expect_mine(self, thread: str) -> None:
        talk = await self._talk(thread)
        if talk.owner != "coach":
            raise NobodyHasIt
        if talk.coach != self.pen.staff:
            raise TakenByOther(talk.coach or "")

    async def _talk(self, thread: str) -> Talk:
        session = await self.pen.work.writing()
        row = await session.get(Conversation, thread, populate_existing=True)
        if row is None:
            raise NoSuchThread(thread)
        return talk_of(row)
