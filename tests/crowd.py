"""Many people at once, written straight into the tables, messages for them, and time passing."""

from __future__ import annotations

import bisect
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from backend.channels import Receipt
from backend.delivery import Sender
from backend.models import Address, Conversation, Message, Person
from backend.models.base import Base, table
from backend.work import message_row
from dialogs.core import say
from dialogs.messages import Address as AddressOf
from dialogs.messages import Rendered, Urgency
from dialogs.text import Text
from tests.house import House

ROWS_AT_ONCE = 2_000
SECOND = timedelta(seconds=1)
STEP = timedelta(milliseconds=50)


class NoLuck(random.Random):
    """A lot that reminders never draw: what they are owed besides is proved elsewhere."""

    def random(self) -> float:
        """The least there is."""
        return 0.0


def names(count: int, prefix: str = "p") -> list[str]:
    """So many account ids, in order."""
    return [f"{prefix}{number:05}" for number in range(count)]


async def move_in(house: House, people: Sequence[str], channel: str = "telegram") -> None:
    """People with one account each; their ids are ``person:<account>``, ``chat:<account>``."""
    now, rows = house.clock.now(), list(people)
    await _insert(house, Person, [{"id": f"person:{each}", "created_at": now} for each in rows])
    await _insert(
        house,
        Address,
        [
            {
                "id": f"address:{channel}:{each}",
                "person_id": f"person:{each}",
                "channel": channel,
                "account": house.vault.fingerprint(channel, each),
                "sealed": house.vault.seal(each),
            }
            for each in rows
        ],
    )
    await _insert(
        house,
        Conversation,
        [
            {
                "id": f"chat:{each}",
                "person_id": f"person:{each}",
                "address_id": f"address:{channel}:{each}",
                "language": "en",
                "place": {},
                "seen_at": now,
            }
            for each in rows
        ],
    )


async def belongs_to(house: House, account: str, other: str) -> None:
    """An account that somebody has besides ``other``, which she has used more lately."""
    earlier = house.clock.now() - timedelta(days=9)
    owner = {"person_id": f"person:{other}"}
    async with house.database.writing() as session:
        chat = await session.get_one(Conversation, f"chat:{account}")
        hers = update(Address).where(Address.id == chat.address_id)
        await session.execute(hers.values(owner))
        mine = update(Conversation).where(Conversation.id == chat.id)
        await session.execute(mine.values(owner | {"seen_at": earlier}))


def planned(
    people: Sequence[str], now: datetime, due: datetime | None = None, **given: Any
) -> Iterator[dict[str, Any]]:
    """One reminder for each, due now or when it is said."""
    for each in people:
        given_now = {"due_at": due or now, **given}
        yield message_row(f"person:{each}", _reminder(each), now, **given_now)


def released(
    people: Sequence[str],
    now: datetime,
    urgency: Urgency = Urgency.REMINDER,
    first: int = 1,
    count: int = 1,
) -> Iterator[dict[str, Any]]:
    """``count`` messages to each that are in her transcript and to be sent."""
    for number, each in enumerate(people):
        for seq in range(first, first + count):
            yield message_row(
                f"person:{each}",
                _reminder(f"{each} {seq}", urgency),
                now,
                conversation_id=f"chat:{each}",
                seq=seq,
                changed=seq,
                state="due",
                language="en",
                due_at=now - timedelta(seconds=10) + timedelta(milliseconds=number),
            )


async def write(house: House, rows: Iterator[dict[str, Any]]) -> None:
    """Message rows into the table."""
    await _insert(house, Message, list(rows))


@dataclass
class Log:
    """What was handed over, to whom and when, by the house's clock."""

    house: House
    at: list[datetime] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        deliver = self.house.push.deliver

        async def noted(address: AddressOf, message: str, rendered: Rendered) -> Receipt:
            receipt = await deliver(address, message, rendered)
            self.at.append(self.house.clock.now())
            self.words.append(rendered.text)
            return receipt

        self.house.push.deliver = noted  # type: ignore[method-assign]

    @property
    def most_in_a_second(self) -> int:
        """The fullest second, wherever it begins."""
        return max(bisect.bisect_left(self.at, at + SECOND) - n for n, at in enumerate(self.at))


async def drive(sender: Sender, lasting: timedelta, until: Callable[[], bool] = bool) -> int:
    """Let time pass as the worker would: asleep until there may be something; its rounds."""
    clock, rounds = sender.clock, 0
    end = clock.now() + lasting
    while clock.now() < end and not until():
        await sender.send_due()
        due = await sender.next_due()
        clock.at = min(max(due or end, clock.now() + STEP), end)  # type: ignore[attr-defined]
        rounds += 1
    return rounds


async def states(house: House, **given: Any) -> set[str]:
    async with house.database.reading() as session:
        return set(await session.scalars(select(Message.state).filter_by(**given)))


def _reminder(words: str, urgency: Urgency = Urgency.REMINDER) -> Any:
    return say(Text("{words}", (("words", words),)), urgency=urgency)


async def _insert(house: House, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    async with house.database.writing() as session:
        for first in range(0, len(rows), ROWS_AT_ONCE):
            await session.execute(insert(table(model)), rows[first : first + ROWS_AT_ONCE])
