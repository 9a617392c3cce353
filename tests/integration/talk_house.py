"""A house where people answer: opening hours, coaches on duty, and what coaches do there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import select, update

from backend.models import Conversation, Handoff, Unit
from backend.services.pen import Pen
from backend.talks import duty
from backend.talks.switchboard import until_settled
from backend.work import Work
from dialogs.core import say
from dialogs.messages import Quote
from tests.house import House, Person

WEEK = {str(day): [["07:00", "20:00"]] for day in range(1, 6)}


async def opens(house: House, *coaches: str) -> None:
    """The centre answers from seven to eight on weekdays, and these coaches are on duty."""
    async with house.database.writing() as session:
        await session.execute(update(Unit).values(opening={"week": WEEK}))
    for coach in coaches:
        await on_duty(house, coach)


async def on_duty(house: House, coach: str, *, on: bool = True) -> None:
    """A coach takes talks from now on, or no more."""
    async with house.database.writing() as session:
        await duty.switch(session, coach, house.clock.now(), on=on)


async def stays(house: House, *coaches: str) -> None:
    """Their pages are open still."""
    async with house.database.writing() as session:
        for coach in coaches:
            await duty.note_presence(session, coach, house.clock.now())


@asynccontextmanager
async def pen(house: House, coach: str) -> AsyncIterator[Pen]:
    """What one coach does, in one unit of work."""
    async with Work.begin(house.database, house.clock, f"staff:{coach}") as work:
        yield Pen(work, house.switchboard, coach)


async def claims(house: House, coach: str, thread: str) -> None:
    """A coach takes a conversation."""

    async def once() -> None:
        async with pen(house, coach) as hers:
            await hers.claim(thread)

    await until_settled(once)


async def writes(house: House, coach: str, thread: str, words: str) -> None:
    """A coach writes; the words are also the form's key. Sent again, it is the same message."""

    async def once() -> None:
        async with pen(house, coach) as hers:
            await hers.answer(thread, say(Quote(words, "sv")), seen=10**6, key=words)

    await until_settled(once)


async def hands_back(house: House, coach: str, thread: str, note: str = "") -> None:
    """A coach is done."""

    async def once() -> None:
        async with pen(house, coach) as hers:
            await hers.hand_back(thread, note)

    await until_settled(once)


async def passes_on(house: House, coach: str, thread: str, to: str | None) -> None:
    """A coach gives it to another, or to the queue."""

    async def once() -> None:
        async with pen(house, coach) as hers:
            await hers.pass_on(thread, to)

    await until_settled(once)


async def thread_of(person: Person) -> str:
    """Her conversation's id."""
    conversation = await person.conversation()
    assert conversation is not None
    return conversation.id


async def row_of(house: House, thread: str) -> Conversation:
    """A conversation as it is now."""
    async with house.database.reading() as session:
        return (await session.scalars(select(Conversation).where(Conversation.id == thread))).one()


async def tickets(house: House, kind: str = "talk") -> Sequence[Handoff]:
    """What waits, or has waited, for a person."""
    async with house.database.reading() as session:
        rows = await session.scalars(
            select(Handoff).where(Handoff.kind == kind).order_by(Handoff.opened_at)
        )
        return rows.all()


async def asks_for_a_person(person: Person) -> str:
    """She taps her way to a person; her conversation's id."""
    await person.says("/person")
    await person.taps("Talk now")
    return await thread_of(person)
