"""Nothing is forgotten: a quarter under a driven clock; every reminder once, nothing besides."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from backend.channels import Limits
from backend.clock import ZONE
from backend.database import Database
from backend.models import Message
from dialogs.i18n import Catalogue
from tests.chat import plain
from tests.clock import FrozenClock
from tests.house import RecordingChannel, assemble, furnish
from tests.soak.almanac import Sent, expected, times_of_the_day
from tests.soak.quarter import Ledger, Quarter, Scale

# Two weeks around Easter and the change of clocks on 28 March 2027, which is Easter Sunday too.
SLICE = Scale(
    people=24, coaches=3, first=date(2027, 3, 9), last=date(2027, 4, 2),
    courses=2, seats=8, begins=date(2027, 3, 22), acts_a_day=6,
)  # fmt: skip
# One day less than what is kept: who never writes is forgotten after ninety days, as promised.
QUARTER = Scale(
    people=2_000, coaches=48, first=date(2027, 2, 1), last=date(2027, 4, 30),
    courses=74, seats=25, begins=date(2027, 3, 15), acts_a_day=120,
)  # fmt: skip
AWAKE = range(8, 21)
# The pace is proved elsewhere; here a message that is due at five is sent at five.
AS_MUCH_AS_THERE_IS = Limits(per_second=1_000_000.0, burst=1_000_000)


async def live(database: Database, texts: Catalogue, scale: Scale, seed: int) -> Ledger:
    """Furnish the house, and live the whole time."""
    await furnish(database, [f"coach{number:02}" for number in range(scale.coaches)])
    channel = RecordingChannel(limits=AS_MUCH_AS_THERE_IS)
    house = assemble(database, FrozenClock(), texts, channel)
    return await Quarter(house, scale, random.Random(seed)).live()  # noqa: S311


async def check(database: Database, ledger: Ledger, scale: Scale) -> dict[str, int]:
    """What was sent is what the almanac says; a few counts to look at."""
    async with database.reading() as session:
        rows = list(
            await session.scalars(
                select(Message).where(Message.direction == "out", Message.dedupe.is_not(None))
            )
        )
    sent = [row for row in rows if row.state == "sent" and _kind(row) is not None]
    found = Counter(Sent(row.person_id, row.sent_at, _kind(row) or "") for row in sent)
    wanted = expected(ledger, scale)
    missing, besides = wanted - found, found - wanted
    assert not missing, f"{missing.total()} missing: {[*map(str, missing)][:5]}"
    assert not besides, f"{besides.total()} too many: {[*map(str, besides)][:5]}"
    for row in sent:
        assert row.sent_at is not None
        assert row.sent_at.astimezone(ZONE).hour in AWAKE, row.dedupe
        assert row.language == ledger.language(row.person_id, row.sent_at), row.dedupe
        if _kind(row) == "day-before":
            evening = Sent(row.person_id, row.sent_at, "day-before")
            for time in times_of_the_day(ledger, evening):
                assert time in plain(row.sent_text or ""), (row.dedupe, time)
    states = Counter(row.state for row in rows)
    assert not states["due"] + states["sending"]
    kinds = Counter(sent.kind for sent in found.elements())
    bundles = sum(row.dedupe.startswith("day:") for row in sent if row.dedupe)
    seats = sum(lives[0].kind == "lesson" for lives in ledger.lives.values())
    moved = sum(len(lives) - 1 for lives in ledger.lives.values())
    off = sum(lives[-1].until is not None for lives in ledger.lives.values())
    return {
        **kinds, "days with several": bundles, "bookings": len(ledger.lives), "seats": seats,
        "moved": moved, "off": off, "void": states["void"], "languages": _languages(sent),
    }  # fmt: skip


def _kind(row: Message) -> str | None:
    """Which reminder it is, by its name; None for what is told at once."""
    match (row.dedupe or "").split(":"):
        case ["booking", _booking, _version, name] if name in NAMES:
            return name
        case ["booking", _booking, "missed"]:
            return "missed"
        case ["day", _person, _day, name, _digest]:
            return name
        case ["deadline", *_rest]:
            return "deadline"
        case _:
            return None


NAMES = ("three-days-before", "day-before", "two-hours-before")


def _languages(sent: list[Message]) -> int:
    return len({row.language for row in sent})


async def test_two_weeks_of_twenty_people_forget_nothing(
    database: Database, texts: Catalogue
) -> None:
    counts = await check(database, await live(database, texts, SLICE, 3), SLICE)
    print(counts)
    assert counts["day-before"] > 40
    assert counts["seats"] >= 50
    assert min(counts[name] for name in ("two-hours-before", "deadline", "moved", "off")) > 0
    assert counts["languages"] == 8


@pytest.mark.soak
async def test_a_quarter_of_two_thousand_people_forgets_nothing(
    database: Database, texts: Catalogue
) -> None:
    counts = await check(database, await live(database, texts, QUARTER, 5), QUARTER)
    print(counts)
    assert counts["seats"] >= 7_000
