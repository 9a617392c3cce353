"""Twenty times that everyone wants, and what must be true of them afterwards."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from backend.database import Database
from dialogs.ports import Slot

SERVICE = "coaching"
COACHES = ("amina", "bo")
PROCESSES = 8
ROOT = Path(__file__).parent.parent.parent


def slots() -> list[Slot]:
    """Two coaches, ten times each: Tuesday to Friday, 09:00, 10:00 and 11:00 while they last."""
    first = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    starts = [first + timedelta(days=day, hours=hour) for day in range(4) for hour in range(3)]
    return [Slot(SERVICE, coach, "centre", at) for coach in COACHES for at in starts[:10]]


async def contest(url: str, attempts: int, seed: int, *flags: str) -> Counter[str]:
    """Let eight processes fight for the times; how their attempts ended."""
    share = attempts // PROCESSES
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.soak.contest",
            url,
            str(seed * 1000 + number),
            str(share + (attempts % PROCESSES if number == 0 else 0)),
            str(number * attempts),
            *flags,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    ended: Counter[str] = Counter()
    for process in processes:
        output, _error = await process.communicate()
        assert process.returncode == 0
        ended.update(json.loads(output))
    return ended


async def overlaps(database: Database) -> int:
    """Pairs of confirmed meetings of one coach that overlap."""
    pairs = text(
        "SELECT count(*) FROM meeting a JOIN meeting b ON a.staff_id = b.staff_id AND a.id < b.id "
        "AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at "
        "JOIN booking x ON x.meeting_id = a.id AND x.state = 'confirmed' "
        "JOIN booking y ON y.meeting_id = b.id AND y.state = 'confirmed'"
    )
    async with database.reading() as session:
        return int(await session.scalar(pairs) or 0)


async def stray_claims(database: Database) -> int:
    """Bookings that are confirmed without exactly their claims, or closed and still claiming."""
    strays = text(
        "SELECT count(*) FROM (SELECT b.id FROM booking b "
        "LEFT JOIN claim c ON c.booking_id = b.id WHERE b.state <> 'held' GROUP BY b.id, b.state "
        "HAVING count(c.cell) <> CASE WHEN b.state = 'confirmed' THEN 21 ELSE 0 END) strays"
    )
    async with database.reading() as session:
        return int(await session.scalar(strays) or 0)
