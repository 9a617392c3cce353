"""Her own week, day by day: meetings, lessons and activities, and what is too close together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dialogs import places
from dialogs.core import Dialog, Outcome, Turn, ask, go, goto, to
from dialogs.gatherings import Clash, Week, clashes
from dialogs.messages import Button, Lines
from dialogs.ports import Meeting
from dialogs.text import Text, _

my_week = Dialog("my_week")

A_WEEK = timedelta(days=7)


@my_week.step
async def this(turn: Turn) -> Outcome:
    """The week it is now."""
    found = await turn.ports.weeks.week(None)
    return goto(week, found.first)


@my_week.step
async def week(turn: Turn, first: date) -> Outcome:
    """One week; days without anything are left out."""
    found = await turn.ports.weeks.week(first)
    return ask(
        _(
            "**Your week, {first:shortday} – {last:shortday}**",
            first=found.first,
            last=found.first + timedelta(days=6),
        ),
        *_days(found),
        *_warnings(found),
        *(_button(meeting) for day in found.days for meeting in day.meetings),
        go(_("The week after"), week, found.first + A_WEEK),
        go(_("The week before"), week, found.first - A_WEEK),
        *_ways_on(found),
    )


def _days(found: Week) -> Iterator[Text | Lines]:
    if not found.days:
        yield _("Nothing is booked this week.")
    for day in found.days:
        yield Lines((_("**{day:day}**", day=day.day), *(_line(each) for each in day.meetings)))


def _line(meeting: Meeting) -> Text:
    """When, what and where; no more, for others may see the screen."""
    match meeting.mode:
        case "phone":
            where = _("By phone")
        case "video":
            where = _("By video")
        case "on_site":
            where = _("{name}", name=meeting.unit.name)
    return _(
        "{at:time}–{ends:time} {service}, {where}",
        at=meeting.starts,
        ends=meeting.ends,
        service=meeting.service.name,
        where=where,
    )


def _warnings(found: Week) -> Iterator[Text]:
    meetings = [meeting for day in found.days for meeting in day.meetings]
    for clash in clashes(meetings):
        yield _warning(clash)


def _warning(clash: Clash) -> Text:
    one, other = clash.one, clash.other
    if clash.overlaps:
        return _(
            "At the same time: {one} {at:time} and {other} {later:time}, {day:day}.",
            one=one.service.name,
            at=one.starts,
            other=other.service.name,
            later=other.starts,
            day=one.starts,
        )
    return _(
        "Little time between: {one} ends {ends:time} at {here}, "
        "and {other} begins {later:time} at {there}, {day:day}.",
        one=one.service.name,
        ends=one.ends,
        here=one.unit.name,
        other=other.service.name,
        later=other.starts,
        there=other.unit.name,
        day=one.starts,
    )


def _button(meeting: Meeting) -> Button:
    label = _("{at:short}, {service}", at=meeting.starts, service=meeting.service.name)
    return to(label, places.meeting(meeting.booking))


def _ways_on(found: Week) -> tuple[Button, ...]:
    empty = (to(_("Activities"), places.ACTIVITIES, icon="group"),) if not found.days else ()
    return (
        *empty,
        to(_("My calendar"), places.CALENDAR, icon="calendar"),
        to(_("What is recorded about me"), places.RECORDED, icon="list"),
    )
