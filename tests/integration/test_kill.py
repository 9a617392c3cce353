"""Killed at random points: nothing accepted is lost, no reminder missing, none too many."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.database import Database
from backend.models import Booking, Inbox, Journal, Meeting, Message
from backend.reminders import timing
from backend.reminders.timing import Times
from tests.house import furnish
from tests.soak.nursery import Child
from tests.soak.victim import SPEED, run, without_nights

COACHES = [f"coach{number:02}" for number in range(24)]
IN_FLIGHT = timedelta(minutes=1)  # of simulated time: 83 ms
MOST_LINES = 80  # of the ledger, in one life
LONGEST_LIFE = 10.0  # seconds
A_LOOK = 0.01
AFTER_LUNCH = timedelta(hours=7, minutes=30)  # after dawn: nobody meets anybody today any more
EVENING = timedelta(hours=12, minutes=30)  # after dawn: who comes tomorrow has been reminded


async def kill_again_and_again(
    database: Database, folder: Path, kills: int, began: timedelta
) -> tuple[Path, Counter[str]]:
    """Let people live, kill the process, begin again; at the end send what is left.

    It is so long after dawn when they begin. Also how often each message was found under way
    after a kill.
    """
    under_way: Counter[str] = Counter()
    ledger, started = folder / "ledger", time.time() - began.total_seconds() / SPEED
    url = database.url.render_as_string(hide_password=False)
    rng = random.Random(11)  # noqa: S311
    for number in range(kills):
        before = lines_of(ledger).count("up")
        victim = await Child.born(run, url, ledger, number, started, False)
        while lines_of(ledger).count("up") == before:
            assert victim.process.is_alive(), "it did not come up"
            await asyncio.sleep(0.02)
        await does(ledger, rng.randint(1, MOST_LINES))
        await asyncio.sleep(rng.uniform(0, 0.05))
        await victim.dies()
        async with database.reading() as session:
            sending = select(Message.id).where(Message.state == "sending")
            under_way.update(await session.scalars(sending))
    started = min(started, time.time() - EVENING.total_seconds() / SPEED)
    assert await (await Child.born(run, url, ledger, 0, started, True)).ends() == 0
    return ledger, under_way


def lines_of(ledger: Path) -> list[str]:
    """What it has written so far."""
    return ledger.read_text().splitlines() if ledger.exists() else []


async def does(ledger: Path, lines: int) -> None:
    """Wait until so much has happened: after a time, on a busy machine, nothing might have."""
    enough = len(lines_of(ledger)) + lines
    for _look in range(int(LONGEST_LIFE / A_LOOK)):
        if len(lines_of(ledger)) >= enough:
            return
        await asyncio.sleep(A_LOOK)


async def check(
    database: Database, lines: list[list[str]], under_way: Counter[str]
) -> dict[str, int]:
    """What must be true afterwards; a few counts to look at."""
    accepted = {words[1] for words in lines if words[0] == "accepted"}
    sends = Counter(words[1] for words in lines if words[0] == "sent")
    async with database.reading() as session:
        events = {row.message_id: row for row in await session.scalars(select(Inbox))}
        messages = list(await session.scalars(select(Message)))
        booked = (
            await session.execute(
                select(Booking, Meeting).join(Meeting, Meeting.id == Booking.meeting_id)
            )
        ).all()
        journal = list(await session.scalars(select(Journal).order_by(Journal.id)))
    lost = [number for number in accepted if events[number].state != "done"]
    assert not lost, f"accepted and not done: {lost}"
    again = {message: times - 1 for message, times in sends.items() if times > 1}
    assert all(times <= under_way[message] for message, times in again.items()), again
    unsent = [row for row in messages if row.state in {"due", "sending"}]
    assert not unsent, f"{len(unsent)} never sent"
    by_dedupe = {row.dedupe: row for row in messages if row.dedupe}
    when = {(row.entity_id, row.action): row.at for row in journal if row.entity == "booking"}
    now = max(row.created_at for row in messages)
    reminded = 0
    for booking, meeting in booked:
        if booking.state == "confirmed":
            reminded += _reminders_are_right(booking, meeting, by_dedupe, when, now)
        elif booking.state == "cancelled":
            _nothing_after(when[booking.id, "cancelled"], booking, by_dedupe)
    return {
        "accepted": len(accepted),
        "bookings": len(booked),
        "moved": sum(row.action == "moved" for row in journal),
        "cancelled": sum(booking.state == "cancelled" for booking, _meeting in booked),
        "reminders": reminded,
        "messages": len(sends),
        "under_way": under_way.total(),
        "duplicates": sum(again.values()),
    }


def _reminders_are_right(booking, meeting, by_dedupe, when, now) -> int:
    sent = 0
    moved = when.get((booking.id, "moved"))
    settled = moved or when[booking.id, "confirmed"]
    times = Times(meeting.starts_at, meeting.ends_at, settled)
    rules = without_nights()
    for rule in rules.before("meeting"):
        due = timing.due(rule, rules, "meeting", times)
        if due is None:
            continue
        row = by_dedupe.get(f"booking:{booking.id}:{booking.version}:{rule.name}")
        assert row is not None, f"{rule.name} of {booking.id} is missing"
        assert row.state in {"planned", "sent"}, (rule.name, row.state, row.error)
        assert row.state == "sent" or row.due_at > now - timedelta(minutes=30)
        sent += row.state == "sent"
    if moved is not None:
        _nothing_after(moved, booking, by_dedupe, but=f"booking:{booking.id}:{booking.version}:")
    return sent


def _nothing_after(ended, booking, by_dedupe, but="-") -> None:
    """No reminder of the booking goes out any more, ``but`` those of its version."""
    for dedupe, row in by_dedupe.items():
        if dedupe.startswith(f"booking:{booking.id}:") and not dedupe.startswith(but):
            assert row.state in {"void", "sent"}, row.state
            if row.state == "sent":
                assert row.sent_at <= ended + IN_FLIGHT


async def _proof(
    database: Database, folder: Path, kills: int, began: timedelta = timedelta()
) -> dict[str, int]:
    await furnish(database, COACHES)
    ledger, under_way = await kill_again_and_again(database, folder, kills, began)
    lines = [line.split() for line in lines_of(ledger)]
    confused = sum(words[0] == "confused" for words in lines)
    return await check(database, lines, under_way) | {"confused": confused}


async def test_ten_kills_lose_nothing(database: Database, tmp_path: Path) -> None:
    counts = await _proof(database, tmp_path, 10, AFTER_LUNCH)
    print(counts)
    assert counts["duplicates"] <= 10
    assert counts["accepted"] > 10
    assert counts["reminders"] > 0
    assert counts["moved"] + counts["cancelled"] > 0
    assert counts["confused"] < counts["accepted"] / 10  # else nobody books: a button has changed


@pytest.mark.soak
async def test_three_hundred_kills_lose_nothing(database: Database, tmp_path: Path) -> None:
    counts = await _proof(database, tmp_path, 300)
    print(counts)
    assert counts["duplicates"] <= 300
