"""A few times that everyone wants, and the people who want them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import delete, insert, update

from backend.database import Database
from backend.models import Hours, Meeting, Person, Service, Staff
from backend.services import catalogue as catalogues
from backend.services.walltime import wall_text
from dialogs.ports import Mode, Slot
from tests.clock import MONDAY_MORNING

TUESDAY = MONDAY_MORNING + timedelta(days=1, hours=1)  # 09:00, when the first times are
COACHES = ("amina", "bo", "carla")
QUARTER = timedelta(minutes=15)
QUARTERS = range(9)  # from 09:00 to 11:00

COACHING, ADVICE, REVIEW = "coaching", "advice", "review"
MODES: dict[str, tuple[Mode, ...]] = {
    COACHING: ("on_site",),
    ADVICE: ("phone", "video"),
    REVIEW: ("on_site",),
}
ACTIVITIES = ("activity-0", "activity-1")

SHARED = 24  # people who are in several processes at once
CHUNK = 1_000


@dataclass
class Fought:
    """What came of a contest: endings by what was tried, and what losers waited, in ms."""

    ended: Counter[str] = field(default_factory=Counter)
    after: list[float] = field(default_factory=list)  # from the loss to three other times
    whole: list[float] = field(default_factory=list)  # from the tap on the time that was lost
    others: Counter[str] = field(default_factory=Counter)  # how many other times losers got

    @property
    def faults(self) -> dict[str, int]:
        """Endings that nobody should ever see: a deadlock, an error of the database."""
        return {name: times for name, times in self.ended.items() if name.endswith("Error")}

    def add(self, told: Fought) -> None:
        """What one process has told."""
        self.ended += told.ended
        self.after += told.after
        self.whole += told.whole
        self.others += told.others


def slots() -> list[Slot]:
    """Two coaches, ten times each: Tuesday to Friday, 09:00, 10:00 and 11:00 while they last."""
    starts = [TUESDAY + timedelta(days=day, hours=hour) for day in range(4) for hour in range(3)]
    return [Slot(COACHING, coach, "centre", at) for coach in COACHES[:2] for at in starts[:10]]


def overlapping(service: str) -> list[Slot]:
    """A service's starts from Tuesday to Friday, a quarter of an hour apart."""
    return [
        Slot(service, coach, "centre", TUESDAY + timedelta(days=day) + quarter * QUARTER, mode)
        for coach in COACHES
        for day in range(4)
        for quarter in QUARTERS
        for mode in MODES[service]
    ]


def shared(number: int) -> str:
    """Somebody who is in several processes at once."""
    return f"shared-{number}"


def fresh(number: int) -> Sequence[str]:
    """Two people whom one attempt has for itself."""
    return f"first-{number}", f"second-{number}"


async def prepare(database: Database, attempts: int) -> None:
    """Services of three lengths, starts a quarter apart, and everybody who will want them.

    The house is furnished already. Nothing is free on Monday: offers go to contested times too.
    """
    people = [shared(number) for number in range(SHARED)]
    people += [person for number in range(attempts) for person in fresh(number)]
    async with database.writing() as session:
        for service, values in (
            (ADVICE, {"minutes": 30, "before_minutes": 5, "after_minutes": 5}),
            (ADVICE, {"modes": [*MODES[ADVICE]]}),
        ):
            await session.execute(update(Service).where(Service.id == service).values(values))
        await session.execute(insert(Service).values(_review()))
        for coach in COACHES:
            gives = {"services": [*MODES], "email": f"{coach}@example.org"}
            await session.execute(update(Staff).where(Staff.id == coach).values(gives))
        await session.execute(delete(Hours))
        await session.execute(insert(Hours), list(_hours()))
        await session.execute(insert(Meeting), list(_activities()))
        for first in range(0, len(people), CHUNK):
            rows = [
                {"id": person, "created_at": MONDAY_MORNING} for person in people[first:][:CHUNK]
            ]
            await session.execute(insert(Person), rows)
        await catalogues.touch(session)


def _review() -> dict[str, object]:
    words = {"sv": "Genomgång", "en": "Review", "ar": "مراجعة"}
    return {
        "id": REVIEW,
        "position": 9,
        "name": words,
        "about": words,
        "bring": {},
        "minutes": 60,
        "by_request": True,
    }


def _hours() -> Iterator[dict[str, object]]:
    """Spans that begin a quarter apart, so that times of one coach overlap in every way."""
    for coach in COACHES:
        for weekday in (2, 3, 4, 5):
            for begins in range(9 * 60, 10 * 60 + 1, 15):
                yield {
                    "staff_id": coach,
                    "unit_id": "centre",
                    "weekday": weekday,
                    "from_minute": begins,
                    "to_minute": 12 * 60,
                    "valid_from": date(2026, 1, 1),
                }


def _activities() -> Iterator[dict[str, object]]:
    """Two of them, at times of one-to-one meetings."""
    for number, activity in enumerate(ACTIVITIES):
        starts = TUESDAY + timedelta(minutes=75 * number)
        yield {
            "id": activity,
            "service_id": "cv-workshop",
            "unit_id": "centre",
            "local_start": wall_text(starts),
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=1),
            "capacity": 3,
        }
