"""When people answer: several times a day, days that differ, closures, nights, clock changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.clock import ZONE
from backend.models.calendar import EVERYWHERE
from backend.services import opening, opening_hours
from backend.services.catalogue import Catalogue
from backend.services.links import Links
from backend.services.opening import Closed, Open
from backend.services.opening_hours import EmptyStretch, OverlappingStretches, Stretch, fault_of
from backend.vault import Vault
from dialogs.ports import Unit

LINKS = Links("http://127.0.0.1", "https://video.example", Vault("no links"))
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
EVE, AFTER_CHRISTMAS = date(2026, 12, 24), date(2026, 12, 28)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)  # both Sundays
NINE_TO_FIVE = {"week": {str(day): [["09:00", "17:00"]] for day in range(1, 6)}}
SPLIT = {"week": {"1": [["13:00", "16:30"], ["08:00", "12:00"]]}}


def centre(
    kept: Mapping[str, object],
    closures: Mapping[tuple[date, str], int] | None = None,
    **others: Mapping[str, object],
) -> Catalogue:
    """A catalogue with units whose hours are these; the first one is "centre"."""
    units = {"centre": kept, **others}
    return Catalogue(
        1,
        LINKS,
        {},
        {name: Unit(name, name.capitalize(), "Torget 1", None, None) for name in units},
        {},
        {},
        closures or {},
        opening={name: opening_hours.read(hours) for name, hours in units.items()},
    )


def at(day: date, time: str) -> datetime:
    """An instant by the clock on the wall; of a doubled hour, the first one."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZONE).astimezone(UTC)


def test_people_answer_within_the_hours_and_not_at_their_end() -> None:
    known = centre(NINE_TO_FIVE)

    assert opening.state(known, "centre", at(MONDAY, "08:59")) == Closed(at(MONDAY, "09:00"))
    assert opening.state(known, "centre", at(MONDAY, "09:00")) == Open(at(MONDAY, "17:00"))
    assert opening.is_open(known, "centre", at(MONDAY, "16:59"))
    assert not opening.is_open(known, "centre", at(MONDAY, "17:00"))
    assert opening.closes_at(known, "centre", at(MONDAY, "12:00")) == at(MONDAY, "17:00")
    assert opening.closes_at(known, "centre", at(MONDAY, "18:00")) is None
    assert opening.next_opening(known, "centre", at(MONDAY, "12:00")) is None


def test_on_friday_evening_it_is_monday_that_is_named() -> None:
    known = centre(NINE_TO_FIVE)

    assert opening.next_opening(known, "centre", at(FRIDAY, "17:00")) == at(MONDAY, "09:00")


def test_a_day_may_have_several_times_in_any_order() -> None:
    known = centre(SPLIT)

    assert opening.state(known, "centre", at(MONDAY, "11:00")) == Open(at(MONDAY, "12:00"))
    assert opening.state(known, "centre", at(MONDAY, "12:00")) == Closed(at(MONDAY, "13:00"))
    assert opening.state(known, "centre", at(MONDAY, "13:00")) == Open(at(MONDAY, "16:30"))


def test_times_that_touch_are_one() -> None:
    known = centre({"week": {"1": [["08:00", "12:00"], ["12:00", "16:00"]]}})

    assert opening.closes_at(known, "centre", at(MONDAY, "09:00")) == at(MONDAY, "16:00")


def test_without_hours_nobody_ever_answers() -> None:
    assert opening.state(centre({}), "centre", at(MONDAY, "10:00")) == Closed(None)
    assert opening.state(centre({}), None, at(MONDAY, "10:00")) == Closed(None)


def test_what_opens_in_more_than_two_weeks_is_not_named() -> None:
    known = centre({"days": {"2026-12-08": [["09:00", "10:00"]]}})

    assert opening.next_opening(known, "centre", at(MONDAY, "08:00")) is None
    assert opening.next_opening(known, "centre", at(MONDAY, "09:00")) is None
    late = at(date(2026, 11, 24), "09:00")
    assert opening.next_opening(known, "centre", late) == late + timedelta(days=14)


def test_always_open_has_no_end_in_sight() -> None:
    known = centre({"week": {str(day): [["00:00", "24:00"]] for day in range(1, 8)}})

    assert opening.state(known, "centre", at(MONDAY, "03:00")) == Open(None)


def test_a_night_goes_on_after_midnight() -> None:
    known = centre({"week": {"5": [["22:00", "02:00"]]}})

    assert opening.state(known, "centre", at(FRIDAY, "23:00")) == Open(at(SATURDAY, "02:00"))
    assert opening.state(known, "centre", at(SATURDAY, "01:59")) == Open(at(SATURDAY, "02:00"))
    assert opening.is_open(known, "centre", at(FRIDAY, "01:00")) is False
    assert opening.is_open(known, "centre", at(SATURDAY, "02:00")) is False


def test_a_night_that_reaches_into_the_morning_is_one_time() -> None:
    known = centre({"week": {"5": [["22:00", "06:00"]], "6": [["05:00", "09:00"]]}})

    assert opening.closes_at(known, "centre", at(FRIDAY, "23:00")) == at(SATURDAY, "09:00")


def test_a_day_that_is_closed_ends_the_night_before_it() -> None:
    night = {"week": {"5": [["22:00", "02:00"]]}}

    known = centre(night, {(SATURDAY, "centre"): 0})
    assert opening.closes_at(known, "centre", at(FRIDAY, "23:00")) == at(SATURDAY, "00:00")
    known = centre(night, {(SATURDAY, "centre"): 60})
    assert opening.closes_at(known, "centre", at(FRIDAY, "23:00")) == at(SATURDAY, "01:00")


def test_a_day_that_differs_replaces_its_weekday() -> None:
    short = {**NINE_TO_FIVE, "days": {"2026-11-23": [["10:00", "12:00"]], "2026-11-24": []}}
    known = centre(short)

    assert opening.state(known, "centre", at(MONDAY, "09:30")) == Closed(at(MONDAY, "10:00"))
    assert opening.closes_at(known, "centre", at(MONDAY, "10:30")) == at(MONDAY, "12:00")
    wednesday = date(2026, 11, 25)
    assert opening.next_opening(known, "centre", at(MONDAY, "12:00")) == at(wednesday, "09:00")


def test_on_a_holiday_nobody_answers_unless_the_unit_names_the_day() -> None:
    closed = {(EVE, EVERYWHERE): 0, (date(2026, 12, 25), EVERYWHERE): 0}
    noon = at(EVE, "11:00")

    known = centre(NINE_TO_FIVE, closed)
    assert opening.state(known, "centre", noon) == Closed(at(AFTER_CHRISTMAS, "09:00"))

    known = centre({**NINE_TO_FIVE, "days": {"2026-12-24": [["10:00", "12:00"]]}}, closed)
    assert opening.state(known, "centre", noon) == Open(at(EVE, "12:00"))


def test_what_staff_close_stays_closed_whatever_the_unit_names() -> None:
    named = {**NINE_TO_FIVE, "days": {"2026-12-24": [["10:00", "16:00"]]}}
    holiday = {(EVE, EVERYWHERE): 0}

    known = centre(named, holiday | {(EVE, "centre"): 0})
    assert not opening.is_open(known, "centre", at(EVE, "11:00"))
    known = centre(named, holiday | {(EVE, "centre"): 12 * 60})
    assert opening.closes_at(known, "centre", at(EVE, "11:00")) == at(EVE, "12:00")

    everywhere = {(MONDAY, EVERYWHERE): 0}  # an ordinary Monday: staff have closed it
    known = centre({**NINE_TO_FIVE, "days": {"2026-11-23": [["10:00", "16:00"]]}}, everywhere)
    assert not opening.is_open(known, "centre", at(MONDAY, "11:00"))


def test_a_day_that_closes_early_does_not_open_after_that() -> None:
    known = centre(SPLIT, {(MONDAY, EVERYWHERE): 14 * 60})

    assert opening.closes_at(known, "centre", at(MONDAY, "13:30")) == at(MONDAY, "14:00")
    assert opening.next_opening(known, "centre", at(MONDAY, "14:00")) == at(
        MONDAY + timedelta(days=7), "08:00"
    )


def test_without_a_unit_people_of_any_unit_answer() -> None:
    known = centre(
        {"week": {"1": [["08:00", "12:00"]]}}, kista={"week": {"1": [["11:00", "15:00"]]}}
    )

    assert opening.state(known, None, at(MONDAY, "09:00")) == Open(at(MONDAY, "15:00"))
    assert opening.state(known, "centre", at(MONDAY, "09:00")) == Open(at(MONDAY, "12:00"))
    assert opening.state(known, "kista", at(MONDAY, "09:00")) == Closed(at(MONDAY, "11:00"))
    assert opening.state(known, "gone", at(MONDAY, "09:00")) == Open(at(MONDAY, "15:00"))


def test_a_closed_unit_does_not_close_the_others() -> None:
    known = centre(NINE_TO_FIVE, {(MONDAY, "centre"): 0}, kista=NINE_TO_FIVE)

    assert not opening.is_open(known, "centre", at(MONDAY, "10:00"))
    assert opening.is_open(known, None, at(MONDAY, "10:00"))


@pytest.mark.parametrize(
    ("day", "start", "stop", "hours"),
    [
        (SPRING, "01:00", "04:00", 2),
        (SPRING, "01:30", "02:30", 0.5),  # ends when the clocks jump
        (SPRING, "02:30", "04:00", 1),  # begins when they have jumped
        (SPRING, "02:15", "02:45", 0),
        (SPRING, "00:00", "24:00", 23),
        (AUTUMN, "01:00", "04:00", 4),
        (AUTUMN, "02:15", "02:45", 0.5),  # once, the first time
        (AUTUMN, "02:30", "03:00", 1.5),
        (AUTUMN, "00:00", "24:00", 25),
    ],
)
def test_the_clock_on_the_wall_counts_when_the_clocks_change(
    day: date, start: str, stop: str, hours: float
) -> None:
    known = centre({"days": {day.isoformat(): [[start, stop]]}})

    found = opening.between(known, "centre", day, day)

    assert sum((each.closes_at - each.opens_at for each in found), timedelta()) == timedelta(
        hours=hours
    )


@pytest.mark.parametrize(("sunday", "hours"), [(SPRING, 8), (AUTUMN, 10)])
def test_a_night_in_which_the_clocks_change_ends_on_time(sunday: date, hours: int) -> None:
    known = centre({"week": {"6": [["22:00", "07:00"]]}})
    begins = at(sunday - timedelta(days=1), "22:00")

    assert opening.state(known, "centre", begins) == Open(at(sunday, "07:00"))
    assert at(sunday, "07:00") - begins == timedelta(hours=hours)
    last = begins + timedelta(hours=hours, seconds=-1)
    assert opening.is_open(known, "centre", last)
    assert not opening.is_open(known, "centre", last + timedelta(seconds=1))


def test_nine_on_monday_is_nine_on_both_sides_of_a_clock_change() -> None:
    known = centre(NINE_TO_FIVE)

    for sunday in (SPRING, AUTUMN):
        friday, monday = sunday - timedelta(days=2), sunday + timedelta(days=1)
        found = opening.next_opening(known, "centre", at(friday, "18:00"))
        assert found is not None
        assert found.astimezone(ZONE).isoformat()[:16] == f"{monday}T09:00"


def test_hours_are_read_back_as_they_were_written() -> None:
    kept = {
        "week": {"1": [["08:00", "12:00"], ["22:00", "02:00"]], "7": [["00:00", "24:00"]]},
        "days": {"2026-12-23": [], "2026-12-24": [["18:00", "24:00"]]},
        "names": {"2026-12-23": "Städdag"},
    }

    assert opening_hours.read(kept).written == kept
    assert opening_hours.read({}).written == {}
    assert opening_hours.read(kept).week[1][1] == Stretch(22 * 60, 26 * 60)


@pytest.mark.parametrize(
    ("pairs", "fault"),
    [
        ([(480, 720), (720, 960)], None),
        ([(1320, 120), (480, 720)], None),
        ([(0, 1440)], None),
        ([(480, 480)], EmptyStretch),
        ([(1440, 1440)], EmptyStretch),
        ([(480, 720), (719, 960)], OverlappingStretches),
        ([(480, 720), (480, 720)], OverlappingStretches),
        ([(1320, 120), (1380, 1439)], OverlappingStretches),
    ],
)
def test_hours_that_cannot_be_meant_are_found(
    pairs: list[tuple[int, int]], fault: type[Exception] | None
) -> None:
    assert type(fault_of(pairs)) is (fault or type(None))
