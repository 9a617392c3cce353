"""Talks under everything that can happen to them, in a real database, while processes die.

A process is killed just before or just after a commit; what it was told by the channel or by the
form comes again, as it does in life. After every step the rows are looked at.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from backend.models import Conversation, Handoff, Message
from backend.services.pen import AnsweredMeanwhile, SentBefore
from backend.talks.rows import ChangedMeanwhile
from backend.work import Work
from dialogs.messages import Quote, Said, Started, Tapped
from dialogs.stored import load_reply
from dialogs.talks import TakenByOther
from tests.house import House, Person
from tests.integration import talk_house

COACHES = ("amina", "bo", "carla")
EXPECTED = (TakenByOther, AnsweredMeanwhile, SentBefore, ChangedMeanwhile)
WITH_PEOPLE = ("queue", "coach")
LONGEST_JUMP_S = 400

Act = Callable[["Talking"], Awaitable[None]]


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Talking:
    """Some people, three coaches, dice, and what has been said so far."""

    house: House
    people: tuple[Person, ...]
    dice: random.Random
    said: list[str] = field(default_factory=list)  # by people: accepted by the door
    answered: list[str] = field(default_factory=list)  # by coaches: the form was answered with yes
    steps: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    alone: bool = True  # nothing else happens in this step

    async def step(self) -> None:
        """One thing, or two at once; now and then a process dies in the middle of it."""
        acts = [self.dice.choice(ACTS) for _each in range(self.dice.choice((1, 1, 2)))]
        self.alone = len(acts) == 1
        for act in acts:
            self.steps[act.__name__] += 1
        if self.dice.random() < 0.2:
            await self._with_a_kill(acts[0](self))
        else:
            await asyncio.gather(*(act(self) for act in acts))
        await talk_house.stays(self.house, *(each for each in COACHES if self.dice.random() < 0.9))
        await self.look()

    async def _with_a_kill(self, act: Awaitable[None]) -> None:
        self.kills += 1
        before = self.dice.random() < 0.5
        commit = Work.commit
        left = self.dice.randrange(2)

        async def dying(work: Work) -> None:
            nonlocal left
            left -= 1
            if left != -1:
                return await commit(work)
            if not before:
                await commit(work)
            raise Killed

        Work.commit = dying  # type: ignore[method-assign]
        try:
            with suppress(Killed):
                await act
        finally:
            Work.commit = commit  # type: ignore[method-assign]
        self.house.door._turns.clear()  # a new process knows of no turn
        for person in self.people:
            await self.house.door.receive(person.address)

    async def says(self, person: Person) -> None:
        """Something nobody has said; a machine answers only when no person has her."""
        words = f"m{len(self.said)}"
        self.said.append(words)
        await self.insists(person, Said(words))

    async def insists(self, person: Person, event: Said | Started | Tapped) -> None:
        """A channel hands in what it has no receipt for until it gets one."""
        person.events += 1
        number = f"e{person.events}"
        try:
            await person.sends(event, number)
        except Killed:
            person.events -= 1
            await person.sends(event, number)
            raise

    async def writes(self, coach: str, thread: str) -> None:
        """A coach's form, sent again when no answer came."""
        words = f"c{self.steps['a_coach_writes']}"
        try:
            await talk_house.writes(self.house, coach, thread, words)
        except Killed:
            with suppress(*EXPECTED):
                await talk_house.writes(self.house, coach, thread, words)
                self.answered.append(words)
            raise
        self.answered.append(words)

    async def anyone(self) -> tuple[Person, str]:
        person = self.dice.choice(self.people)
        return person, await talk_house.thread_of(person)

    async def look(self) -> None:
        """Whether all is as it must be."""
        async with self.house.database.reading() as session:
            rows = (await session.scalars(select(Conversation))).all()
            messages = (await session.scalars(select(Message).order_by(Message.seq))).all()
            open_talks = Counter(
                await session.scalars(
                    select(Handoff.conversation_id).where(
                        Handoff.kind == "talk", Handoff.state == "open"
                    )
                )
            )
            found = await session.execute(
                select(Message.conversation_id, func.max(Message.changed)).group_by(
                    Message.conversation_id
                )
            )
            last = dict(found.all())
        for row in rows:
            assert (row.owner == "coach") == (row.coach_id is not None)
            assert open_talks[row.id] == (row.owner in WITH_PEOPLE), row.owner
            assert (row.timer_at is not None) == (row.owner in WITH_PEOPLE)
            assert last.get(row.id, 0) <= row.counter
        texts = Counter(_words(message) for message in messages)
        assert [each for each in self.said if texts[each] != 1] == []
        assert [each for each in self.answered if texts[each] != 1] == []
        seqs = Counter((each.conversation_id, each.seq) for each in messages if each.seq)
        assert max(seqs.values(), default=1) == 1


async def she_asks(talking: Talking) -> None:
    person, _thread = await talking.anyone()
    await talking.insists(person, Said("/person"))
    with suppress(AssertionError):  # nobody is on duty: there is no such button
        await talking.insists(person, await person.find("Talk now"))


async def she_writes(talking: Talking) -> None:
    """To a person it is a line of the transcript and nothing else."""
    person, thread = await talking.anyone()
    before = await talk_house.row_of(talking.house, thread)
    known = {row.id for row in await person.messages()}
    await talking.says(person)
    after = await talk_house.row_of(talking.house, thread)
    if talking.alone and before.owner in WITH_PEOPLE and before.epoch == after.epoch:
        fresh = [row for row in await person.messages() if row.id not in known]
        assert "assistant" not in {row.author for row in fresh}


async def she_stops(talking: Talking) -> None:
    person, _thread = await talking.anyone()
    await talking.insists(person, Said("/menu"))
    with suppress(AssertionError):
        await talking.insists(person, await person.find("Stop waiting"))


async def she_leaves_a_message(talking: Talking) -> None:
    person, _thread = await talking.anyone()
    await talking.insists(person, Said("/person"))
    with suppress(AssertionError):
        await talking.insists(person, await person.find("Write a message"))
    await talking.says(person)


async def a_coach_claims(talking: Talking) -> None:
    _person, thread = await talking.anyone()
    with suppress(*EXPECTED):
        await talk_house.claims(talking.house, talking.dice.choice(COACHES), thread)


async def a_coach_writes(talking: Talking) -> None:
    _person, thread = await talking.anyone()
    with suppress(*EXPECTED):
        await talking.writes(talking.dice.choice(COACHES), thread)


async def a_coach_hands_back(talking: Talking) -> None:
    _person, thread = await talking.anyone()
    with suppress(*EXPECTED):
        await talk_house.hands_back(talking.house, talking.dice.choice(COACHES), thread)


async def a_coach_passes_on(talking: Talking) -> None:
    _person, thread = await talking.anyone()
    coach, to = talking.dice.choice(COACHES), talking.dice.choice((None, *COACHES))
    with suppress(*EXPECTED):
        await talk_house.passes_on(talking.house, coach, thread, to)


async def a_coach_goes_or_comes(talking: Talking) -> None:
    coach, on = talking.dice.choice(COACHES), talking.dice.random() < 0.7
    await talk_house.on_duty(talking.house, coach, on=on)


async def time_passes(talking: Talking) -> None:
    talking.house.clock.forward(seconds=talking.dice.randrange(LONGEST_JUMP_S))
    await talking.house.timers.run_due()


ACTS: tuple[Callable[[Talking], Coroutine[Any, Any, None]], ...] = (
    *(she_asks, she_asks, she_writes, she_writes, she_stops, she_leaves_a_message),
    *(a_coach_claims, a_coach_claims, a_coach_writes, a_coach_writes, a_coach_hands_back),
    *(a_coach_passes_on, a_coach_goes_or_comes, time_passes, time_passes),
)


def _words(message: Message) -> str:
    parts = load_reply(message.body).parts
    return next((part.text for part in parts if isinstance(part, Quote)), "")
