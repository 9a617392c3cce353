"""Lists to take out: everyone of one occasion, and a month in the terms of Arbetsförmedlingen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.clock import ZONE
from backend.services.attending import Absence, Attendance, Seat
from backend.services.needs import NEEDS
from dialogs.messages import Label
from dialogs.text import Text, _

Row = Sequence[str]

REASONS: Mapping[Absence, Text] = {
    "ill": _("Ill"),
    "child_ill": _("A child is ill"),
    "other": _("Something else"),
}


@dataclass(frozen=True)
class About:
    """What a list says of a person besides her seat; ``code`` tells her from others."""

    code: str
    language: str
    needs: Sequence[str]


@dataclass(frozen=True)
class Wording:
    """Words of the one who reads the list; ``states`` are those of a booking."""

    text: Callable[[Text], str]
    label: Callable[[Label], str]
    states: Mapping[str, Text]


def occasion(words: Wording, seats: Sequence[Seat], people: Mapping[str, About]) -> Iterator[Row]:
    """Everyone of one occasion, under a header."""
    yield [
        words.text(title)
        for title in (
            _("Person"),
            _("Language"),
            _("Needs"),
            _("Said: I come"),
            _("Absence told"),
            _("Reason"),
            _("What happened"),
            _("Away from"),
            _("Away to"),
        )
    ]
    for seat in seats:
        about = people[seat.person]
        yield [
            about.code,
            about.language,
            ", ".join(words.text(NEEDS[need]) for need in about.needs),
            _moment(seat.coming_at),
            _moment(seat.told_at),
            _reason(words, seat.absence),
            words.text(words.states[seat.state]),
            _clock(seat.absent_from),
            _clock(seat.absent_to),
        ]


def month(
    words: Wording, rows: Sequence[Attendance], code_of: Callable[[str], str]
) -> Iterator[Row]:
    """Every seat of a month, under a header: when she was expected, when she was away, and why."""
    yield [
        words.text(title)
        for title in (
            _("Activity"),
            _("Place"),
            _("Person"),
            _("Day"),
            _("Expected from"),
            _("Expected to"),
            _("Away from"),
            _("Away to"),
            _("Absence told"),
            _("Reason"),
        )
    ]
    for row in rows:
        meeting = row.meeting
        yield [
            words.label(meeting.service.name),
            meeting.unit.name,
            code_of(row.person),
            f"{meeting.starts.astimezone(ZONE):%Y-%m-%d}",
            _clock(meeting.starts),
            _clock(meeting.ends),
            _clock(row.absent_from),
            _clock(row.absent_to),
            _moment(row.told_at),
            _reason(words, row.absence),
        ]


def _reason(words: Wording, absence: Absence | None) -> str:
    return words.text(REASONS[absence]) if absence else ""


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" if at else ""


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%H:%M}" if at else ""
