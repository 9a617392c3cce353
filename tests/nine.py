"""A coach who is there every day at nine, and what follows from that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from backend.clock import ZONE
from backend.reminders.planning import Coming, for_meeting
from backend.reminders.rules import shipped
from backend.services.catalogue import Catalogue as Services
from backend.services.catalogue import Coach, Span, Terms, Weekly
from backend.services.freetimes import Search
from backend.services.links import Links
from backend.services.walltime import instant
from backend.vault import Vault
from backend.work import Planned
from dialogs.ports import Meeting, Offer
from tests.fakes import COACHING, UNIT

NINE = 9 * 60
FIRST, LAST = date(2026, 1, 1), date(2032, 12, 31)
LINKS = Links("https://ingang.example", "https://video.example", Vault("nine"))
EVERY_DAY = tuple(
    Weekly(day, Span(UNIT.id, NINE, NINE + COACHING.minutes), FIRST, None) for day in range(1, 8)
)
AMINA = Coach("amina", "Amina", ("sv",), frozenset({COACHING.id}), EVERY_DAY, {})
TERMS = Terms(COACHING, 0, 0, 0, 1, is_open=True)
SERVICES = Services(
    1, LINKS, {COACHING.id: TERMS}, {UNIT.id: UNIT}, {AMINA.id: AMINA}, {AMINA.id: "Amina"}, {}
)


def offered(day: date) -> Sequence[Offer]:
    """The times of a day, as they were found the evening before."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
    search = Search(SERVICES, TERMS, "", "sv", None, {}, midnight - timedelta(hours=1), 1)
    return list(search.on(day))


def days() -> Iterator[date]:
    """Every day of seven years."""
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=1)


def nine(day: date) -> datetime:
    """Nine in the morning."""
    found = instant(day, NINE)
    assert found is not None
    return found


def meeting(day: date) -> Meeting:
    """A meeting with Amina then."""
    starts = nine(day)
    return Meeting(
        f"b{day:%Y%m%d}", 1, "confirmed", COACHING, starts,
        starts + timedelta(minutes=COACHING.minutes), UNIT, "Amina", "amina",
    )  # fmt: skip


def reminders(of: Meeting, since: datetime) -> list[Planned]:
    """What she is sent of it, in order."""
    return list(for_meeting(Coming("anna", of, "meeting"), shipped(), since))


def wall(at: datetime) -> str:
    """As the clock on the wall says it."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
