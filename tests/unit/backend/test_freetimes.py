"""Free times: hours, buffers, closures, and the days when the clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.clock import ZONE
from backend.services import claims
from backend.services.catalogue import Catalogue, Coach, Span, Terms, Weekly
from backend.services.freetimes import Search, wanted_cells
from backend.services.links import Links
from backend.services.walltime import day_before_at, instant, local_day
from backend.vault import Vault
from dialogs.ports import Mode, Service, Slot
from tests.fakes import COACHING, UNIT

NINE, NOON = 9 * 60, 12 * 60
ALWAYS = date(2020, 1, 1)
LINKS = Links("http://127.0.0.1", "https://video.example", Vault("test"))


def coach(
    name: str = "amina",
    *,
    languages: tuple[str, ...] = ("sv",),
    hours=(NINE, NOON),
    unit: str = "centre",
) -> Coach:
    weekly = tuple(Weekly(weekday, Span(unit, *hours), ALWAYS, None) for weekday in range(1, 8))
    return Coach(name, name.capitalize(), languages, frozenset({"coaching"}), weekly, {})


def on_weekday(name: str, weekday: int, languages: tuple[str, ...]) -> Coach:
    weekly = Weekly(weekday, Span("centre", NINE, NOON), ALWAYS, None)
    return Coach(name, name.capitalize(), languages, frozenset({"coaching"}), (weekly,), {})


def search(
    now: datetime,
    *coaches: Coach,
    closures=None,
    taken=None,
    language: str = "ar",
    own: str | None = None,
    notice: int = 120,
    service: Service = COACHING,
    units: frozenset[str] = frozenset(),
    mode: Mode = "on_site",
    full: frozenset[tuple[str, date]] = frozenset(),
) -> Search:
    known = coaches or (coach(),)
    terms = Terms(service, 0, 10, notice, 42, is_open=True, units=units)
    catalogue = Catalogue(
        1,
        LINKS,
        {"coaching": terms},
        {"centre": UNIT, "north": replace(UNIT, id="north")},
        {each.id: each for each in known},
        {},
        closures or {},
    )
    return Search(catalogue, terms, "anna", language, own, taken or {}, now, 42, mode, full)


def by_resource(wanted) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for resource, cell in wanted:
        found.setdefault(resource, set()).add(cell)
    return found


MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def times(found) -> list[str]:
    return [f"{offer.slot.starts.astimezone(ZONE):%H:%M}" for offer in found]


def test_starts_fill_the_hours_with_room_for_the_buffer() -> None:
    assert times(search(MONDAY).on(date(2026, 11, 23))) == ["09:00", "10:00", "11:00"]


def test_nothing_sooner_than_the_notice() -> None:
    late = MONDAY + timedelta(hours=1, minutes=30)
    assert times(search(late).on(date(2026, 11, 23))) == ["11:00"]


def test_a_claimed_time_and_its_buffer_are_not_free() -> None:
    slot = Slot("coaching", "amina", "centre", instant(date(2026, 11, 23), 10 * 60))
    free = search(MONDAY)
    taken = by_resource(wanted_cells(slot, free.terms, "someone"))
    assert times(search(MONDAY, taken=taken).on(date(2026, 11, 23))) == ["09:00", "11:00"]


def test_a_person_is_not_offered_a_time_when_she_is_elsewhere() -> None:
    start = instant(date(2026, 11, 23), 9 * 60 + 30)
    assert start is not None
    cells = claims.cells(start, start + timedelta(minutes=60))
    taken = {claims.person_resource("anna"): set(cells)}
    assert times(search(MONDAY, taken=taken).on(date(2026, 11, 23))) == ["11:00"]


def test_a_half_day_closes_at_its_minute() -> None:
    closures = {(date(2026, 11, 23), "*"): 11 * 60}
    assert times(search(MONDAY, closures=closures).on(date(2026, 11, 23))) == ["09:00", "10:00"]


def test_own_coach_first_then_a_shared_language() -> None:
    coaches = (coach("amina", languages=("ar",)), coach("bo"), coach("carla"))
    mine = search(MONDAY, *coaches, own="carla").nearest(4)
    assert {offer.slot.coach for offer in mine} == {"carla"}
    nobodys = search(MONDAY, *coaches).nearest(4)
    assert {offer.slot.coach for offer in nobodys} == {"amina"}


def test_an_own_coach_who_works_late_in_the_week_is_offered_beside_sooner_times() -> None:
    carla = on_weekday("carla", 4, ())
    found = search(MONDAY, coach("amina", languages=("ar",)), carla, own="carla").nearest(4)
    assert [offer.slot.coach for offer in found] == ["amina", "amina", "carla", "carla"]


def test_the_search_goes_on_for_a_coach_who_speaks_her_language() -> None:
    found = search(MONDAY, coach("bo"), on_weekday("amina", 4, ("ar",))).nearest(3)
    assert {offer.slot.coach for offer in found} == {"amina"}


def test_a_service_is_offered_where_it_is_given() -> None:
    coaches = coach("amina"), coach("bo", unit="north", hours=(NINE, NINE + 60))
    only_north = search(MONDAY, *coaches, units=frozenset({"north"}), notice=0)
    (offer,) = only_north.on(date(2026, 11, 23))
    assert (offer.slot.coach, offer.slot.unit) == ("bo", "north")
    assert not only_north.offers(replace(offer.slot, coach="amina", unit="centre"))


def test_a_coach_whose_day_is_full_is_offered_another_day() -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    found = search(MONDAY, full=frozenset({("amina", monday)}))
    assert (times(found.on(monday)), len(found.on(tuesday))) == ([], 3)
    assert found.free_days(2) == [tuesday, date(2026, 11, 25)]


def test_a_slot_says_how_the_meeting_is_held() -> None:
    service = replace(COACHING, modes=("on_site", "phone"))
    found = search(MONDAY, service=service, mode="phone")
    (offer, *_others) = found.on(date(2026, 11, 23))
    assert offer.slot.mode == "phone"
    assert found.offers(offer.slot)
    assert found.offers(replace(offer.slot, mode="on_site"))
    assert not found.offers(replace(offer.slot, mode="video"))


def test_nothing_is_free_in_a_way_the_service_is_not_given() -> None:
    assert search(MONDAY, mode="video").nearest(4) == []


@pytest.mark.parametrize("year", range(2026, 2033))
def test_nine_is_nine_on_every_day_of_the_year(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
        assert times(search(now, notice=0).on(day))[0] == "09:00", day
        day += timedelta(days=1)


def test_a_wall_time_the_clocks_jump_over_is_never_offered() -> None:
    gap = date(2027, 3, 28)
    assert instant(gap, 2 * 60 + 30) is None
    night = coach(hours=(60, 4 * 60))
    now = datetime(2027, 3, 27, 6, 0, tzinfo=UTC)
    assert times(search(now, night).on(gap)) == ["01:00", "03:00"]


def test_of_a_doubled_hour_the_first_one_counts_once() -> None:
    autumn = date(2027, 10, 31)
    night = coach(hours=(60, 4 * 60))
    now = datetime(2027, 10, 30, 6, 0, tzinfo=UTC)
    found = search(now, night).on(autumn)
    assert times(found) == ["01:00", "02:00", "03:00"]
    assert len({offer.slot.starts for offer in found}) == 3


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 3, 29), date(2027, 10, 31)])
def test_the_evening_before_is_five_oclock_by_the_wall(day: date) -> None:
    starts = instant(day, NINE)
    assert starts is not None
    due = day_before_at(starts, 17)
    assert f"{due.astimezone(ZONE):%H:%M}" == "17:00"
    assert local_day(due) == day - timedelta(days=1)
