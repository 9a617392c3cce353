"""What must be true of the tables after a contest, whoever has won."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import combinations

from sqlalchemy import select

from backend.database import Database
from backend.models import Booking, Claim, Journal, Meeting
from backend.models.booking import OPEN
from backend.services import claims
from backend.services.bookings import Bookings
from backend.services.catalogue import Catalogue, CatalogueCache
from backend.services.claims import Wanted
from backend.services.freetimes import start_at, wanted_cells
from backend.services.holds import Holds
from backend.services.seeing import SLOT, slot_of
from backend.work import Work
from dialogs.ports import Slot
from tests.clock import MONDAY_MORNING, FrozenClock

SITTING = ("held", "requested", "confirmed")
NOTED_BESIDES = ("interpreter", "seen", "number_given")  # these change no version
AFTERWARDS = timedelta(hours=6)  # holds and offers have run out by then, no meeting has begun

Due = Mapping[Wanted, datetime | None]  # what is claimed, and until when


async def judge(database: Database) -> dict[str, int]:
    """End what has run out, then count how often each law is broken; empty when all hold."""
    clock = FrozenClock(MONDAY_MORNING + AFTERWARDS)
    async with Work.begin(database, clock, "system") as work:
        catalogue = await CatalogueCache().get(await work.reading())
        await Holds(Bookings(work, catalogue)).expire()
    async with database.reading() as session:
        tables = Tables(
            catalogue,
            (await session.scalars(select(Booking))).all(),
            {row.id: row for row in await session.scalars(select(Meeting))},
            (await session.scalars(select(Claim))).all(),
            (await session.scalars(select(Journal).order_by(Journal.id))).all(),
        )
    return tables.faults()


@dataclass(frozen=True)
class Tables:
    """Everything a contest has left behind."""

    catalogue: Catalogue
    bookings: Sequence[Booking]
    meetings: Mapping[str, Meeting]
    claims: Sequence[Claim]
    journal: Sequence[Journal]

    def faults(self) -> dict[str, int]:
        """How often each law is broken."""
        found = {
            "coach booked twice": _overlaps(self._coaches_times()),
            "person in two places": _overlaps(self._peoples_times()),
            "second open booking": self._second_ones(),
            "not exactly its claims": sum(map(self._claims_differ, self.bookings)),
            "seats miscounted": sum(map(self._seats_differ, self.meetings.values())),
            "version without its note": sum(map(self._notes_differ, self.bookings)),
            "still held": sum(row.state == "held" for row in self.bookings),
        }
        return {law: times for law, times in found.items() if times}

    @cached_property
    def _open(self) -> Sequence[Booking]:
        return [row for row in self.bookings if row.state in OPEN]

    @cached_property
    def _claimed(self) -> Mapping[str, Sequence[tuple[Wanted, datetime | None]]]:
        found: dict[str, list[tuple[Wanted, datetime | None]]] = defaultdict(list)
        for claim in self.claims:
            found[claim.booking_id].append(((claim.resource, claim.cell), claim.until))
        return found

    @cached_property
    def _notes(self) -> Mapping[str, Sequence[Journal]]:
        found: dict[str, list[Journal]] = defaultdict(list)
        for note in self.journal:
            if note.entity == "booking" and note.action not in NOTED_BESIDES:
                found[note.entity_id].append(note)
        return found

    @cached_property
    def _sitting(self) -> Counter[str | None]:
        return Counter(row.meeting_id for row in self.bookings if row.state in SITTING)

    def _coaches_times(self) -> Iterator[tuple[str, str, range]]:
        """Coach, booking and when, buffers included."""
        for row in self._open:
            for slot in self._slots(row):
                terms = self.catalogue.services[slot.service]
                yield slot.coach, row.id, start_at(slot.starts, terms).buffered

    def _peoples_times(self) -> Iterator[tuple[str, str, range]]:
        """Person, booking and when."""
        for row in self._open:
            for slot in self._slots(row):
                terms = self.catalogue.services[slot.service]
                yield row.person_id, row.id, start_at(slot.starts, terms).meeting
            seat = self._seat(row)
            if seat is not None:
                yield row.person_id, row.id, claims.cells(seat.starts_at, seat.ends_at)

    def _second_ones(self) -> int:
        """Open bookings of one person and service beyond the first, and so places in line."""
        rights = Counter(
            resource
            for row in self._open
            for resource, _cell in self._due(row)
            if resource.startswith((claims.RIGHT, claims.PLACE))
        )
        return sum(times - 1 for times in rights.values())

    def _claims_differ(self, row: Booking) -> bool:
        due = self._due(row) if row.state in OPEN else {}
        return sorted(self._claimed[row.id], key=str) != sorted(due.items(), key=str)

    def _seats_differ(self, meeting: Meeting) -> bool:
        """An activity goes on without guests; a meeting of one with one is off."""
        is_on = meeting.state == "planned"
        miscounted = meeting.taken != self._sitting[meeting.id]
        return miscounted or (meeting.staff_id is not None and is_on != (meeting.taken > 0))

    def _notes_differ(self, row: Booking) -> bool:
        """The first note is of version 0, and each after it of one more."""
        notes = self._notes[row.id]
        told = [note.data.get("version", number) for number, note in enumerate(notes)]
        return told != list(range(row.version + 1))

    def _due(self, row: Booking) -> Due:
        """What an open booking claims, if all is well."""
        seat = self._seat(row)
        if seat is not None:
            own = claims.person_resource(row.person_id)
            return dict.fromkeys(
                (own, cell) for cell in claims.cells(seat.starts_at, seat.ends_at)
            )
        right = (claims.open_resource(row.person_id, row.service_id), 0)
        due: dict[Wanted, datetime | None] = {}
        for slot in self._slots(row):
            terms = self.catalogue.services[slot.service]
            due |= dict.fromkeys(wanted_cells(slot, terms, row.person_id), row.hold_until)
        if row.state == "waiting":
            return {(claims.wait_resource(row.person_id, row.service_id), 0): None}
        ends = self.meetings[row.meeting_id].ends_at if row.meeting_id else None
        return due | {right: ends}

    def _slots(self, row: Booking) -> Sequence[Slot]:
        """A coach's times that a booking keeps."""
        if row.meeting_id is None:
            return [SLOT.validate_python(each) for each in row.proposals]
        meeting = self.meetings[row.meeting_id]
        return [] if meeting.staff_id is None else [slot_of(meeting)]

    def _seat(self, row: Booking) -> Meeting | None:
        """The activity that a booking is a seat in."""
        meeting = self.meetings[row.meeting_id] if row.meeting_id else None
        return meeting if meeting is not None and meeting.staff_id is None else None


def _overlaps(times: Iterable[tuple[str, str, range]]) -> int:
    """Pairs of bookings that somebody has at the same time."""
    spans: dict[str, list[tuple[str, range]]] = defaultdict(list)
    for who, booking, cells in times:
        spans[who].append((booking, cells))
    return sum(
        one != two and cells.start < others.stop and others.start < cells.stop
        for own in spans.values()
        for (one, cells), (two, others) in combinations(own, 2)
    )
