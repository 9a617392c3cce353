"""A day, typed or tapped: year, month, day. Then "is it this one?", and on to who asked for it.

Others come here through ``places.typed_day`` and ``places.choose_day``; the day becomes the last
argument of the place they name.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from dialogs import dates
from dialogs.core import Dialog, Effect, Outcome, Turn, ask, go, goto, to, typed
from dialogs.dates import HOW_TO_WRITE, MONTHS, MOST_YEARS, Span
from dialogs.messages import Button, Place
from dialogs.text import Text, Words, _

day = Dialog("day")

WRONG = {
    "NotADay": _("I do not understand which day you mean."),
    "NoSuchDay": _("There is no such day in the calendar."),
    "OtherCalendar": _("That year is of another calendar. Write the day as on Swedish papers."),
    "HasPassed": _("That day has passed. I need a day that is still to come."),
    "StillToCome": _("That day is still to come. I need a day that has been."),
    "TooFar": _("That is more than ten years from today. Look at the year once more."),
}
THIRDS = ((1, 10), (11, 20), (21, 31))


@day.action
async def written(turn: Turn, text: str, onward: Place, span: Span) -> Effect:
    """Read what she typed."""
    try:
        found = dates.read_day(text, dates.today_at(turn.now), span)
    except ValueError as error:
        return goto(again, type(error).__name__, onward, span)
    return goto(sure, found, onward, span)


@day.step
async def again(turn: Turn, wrong: str, onward: Place, span: Span) -> Outcome:
    """What was wrong, and how to write it."""
    return ask(
        WRONG.get(wrong, WRONG["NotADay"]),
        HOW_TO_WRITE,
        go(_("Choose with buttons"), years, onward, span),
        listen=typed(written, onward, span),
    )


@day.step
async def sure(turn: Turn, found: date, onward: Place, span: Span) -> Outcome:
    """The day in words, with its year, before it is kept."""
    return ask(
        _("Is it {day:day} {year}?", day=found, year=str(found.year)),
        to(_("Yes, that is right"), Place(onward.step, (*onward.args, found.isoformat()))),
        go(_("No, another day"), another, onward, span),
        listen=typed(written, onward, span),
    )


@day.step
async def another(turn: Turn, onward: Place, span: Span) -> Outcome:
    """Once more from the beginning."""
    return ask(
        HOW_TO_WRITE,
        go(_("Choose with buttons"), years, onward, span),
        listen=typed(written, onward, span),
    )


@day.step
async def years(turn: Turn, onward: Place, span: Span) -> Outcome:
    """Which year."""
    now = dates.today_at(turn.now).year
    spans = {
        "ahead": range(now, now + MOST_YEARS + 1),
        "back": range(now, now - MOST_YEARS - 1, -1),
        "any": range(now - 3, now + 4),
    }
    return ask(
        _("Which year?"),
        *(go(str(year), months, onward, span, year) for year in spans[span]),
        listen=typed(written, onward, span),
    )


@day.step
async def months(turn: Turn, onward: Place, span: Span, year: int) -> Outcome:
    """Which month."""
    today = dates.today_at(turn.now)
    codes = [row.code for row in turn.ports.languages.published]
    possible = (month for month in range(1, MONTHS + 1) if _days(year, month, today, span))
    return ask(
        _("Which month of {year}?", year=str(year)),
        *(go(_month(month, codes), parts, onward, span, year, month) for month in possible),
        listen=typed(written, onward, span),
    )


@day.step
async def parts(turn: Turn, onward: Place, span: Span, year: int, month: int) -> Outcome:
    """Which part of the month: thirty buttons at once are too many for a phone."""
    there = _days(year, month, dates.today_at(turn.now), span)
    return ask(
        _("Which part of the month?"),
        *(
            go(_part(within), days, onward, span, year, month, first)
            for first, last in THIRDS
            if (within := [each for each in there if first <= each.day <= last])
        ),
        listen=typed(written, onward, span),
    )


@day.step
async def days(
    turn: Turn, onward: Place, span: Span, year: int, month: int, first: int
) -> Outcome:
    """Which day."""
    last = dict(THIRDS).get(first, first)
    there = _days(year, month, dates.today_at(turn.now), span)
    return ask(
        _("Which day?"),
        *(_one(each, onward, span) for each in there if first <= each.day <= last),
        listen=typed(written, onward, span),
    )


def _part(within: list[date]) -> Text:
    """With a word in it: "1–10" alone would be taken for 1 October when she types that."""
    return _("Day {first:number} to {last:number}", first=within[0].day, last=within[-1].day)


def _one(each: date, onward: Place, span: Span) -> Button:
    return go(_("{day:shortday}", day=each), sure, each, onward, span)


def _days(year: int, month: int, today: date, span: Span) -> list[date]:
    """The days of a month that can be meant."""
    return list(_within(year, month, today, span))


def _within(year: int, month: int, today: date, span: Span) -> Iterator[date]:
    for number in range(1, monthrange(year, month)[1] + 1):
        found = date(year, month, number)
        with suppress(ValueError):
            dates.check(found, today, span)
            yield found


def _month(month: int, codes: list[str]) -> Words:
    return Words.of({code: f"{month} – {dates.month_name(month, code)}" for code in codes})
