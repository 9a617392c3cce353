"""Reading a day that somebody typed: in the digits of any script, or with a month's name.

"15/3 2027", "15.3.2027", "2027-03-15", "15 mars 2027", "١٥ مارس ٢٠٢٧" and "15/3" are the same day.
A day without a year is the next one, or the last one where a day that has been is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale

from dialogs.text import _

Span = Literal["ahead", "back", "any"]  # not before today, not after it, either

ZONE = ZoneInfo("Europe/Stockholm")

HOW_TO_WRITE = _("Write the day like this: 15/3 2027.")
MOST_YEARS = 10
LONGEST = 80

# Syria and Iraq have other names than Egypt, and Dari takes some from Iran and some from England.
# Ethiopian Tigrinya borrows the months from Amharic, for its own belong to another calendar.
LOCALES = ("sv", "en", "ar", "ar_SY", "fa_AF", "fa", "so", "ti", "am", "uk", "ru")
SAME_LETTER = str.maketrans({"ی": "ي", "ى": "ي", "ک": "ك", "\u0640": None})
# The years of the calendars of Afghanistan and of Islam, as one may have them on other papers.
OTHER_YEARS = range(1300, 1500)
YEAR_DIGITS, SHORT_YEAR_DIGITS, MONTHS, DAYS = 4, 2, 12, 31

WORD = re.compile(r"[^\W\d_]+")
NUMBER = re.compile(r"\d+")
_MARK = r"\s*[\s./\-\u2013,\u060c\u066b]\s*"
IN_DIGITS = re.compile(rf"(?<!\d)(\d{{1,4}}){_MARK}(\d{{1,2}})(?:{_MARK}(\d{{1,4}}))?(?!\d)")

Triple = tuple[str | None, int, int]  # year as written, month, day


class NotADay(ValueError):
    """Nothing in the text can be a day."""


class NoSuchDay(ValueError):
    """A day that no calendar has, such as 31 April."""


class OtherCalendar(ValueError):
    """The year is one of another calendar."""


class HasPassed(ValueError):
    """A day to come was asked for."""


class StillToCome(ValueError):
    """A day that has been was asked for."""


class TooFar(ValueError):
    """More than ten years from today."""


def today_at(now: datetime) -> date:
    """The day it is in Stockholm."""
    return now.astimezone(ZONE).date()


def read_day(text: str, today: date, span: Span) -> date:
    """The day that ``text`` means, within ``span``.

    Raises NotADay, NoSuchDay, OtherCalendar, HasPassed, StillToCome, TooFar.
    """
    if len(text) > LONGEST:
        raise NotADay
    folded = _fold(text)
    found = _with_a_name(folded) or _in_digits(folded)
    if not found:
        raise NotADay
    days = [day for triple in found if (day := _day(triple, today, span)) is not None]
    if not days:
        raise NoSuchDay
    day = min(days, key=lambda each: abs(each - today))
    check(day, today, span)
    return day


def check(day: date, today: date, span: Span) -> None:
    """Nothing, when a day can be meant. Raises HasPassed, StillToCome, TooFar."""
    if abs(day.year - today.year) > MOST_YEARS:
        raise TooFar
    if span == "ahead" and day < today:
        raise HasPassed
    if span == "back" and day > today:
        raise StillToCome


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last one where it is shorter."""
    count = day.year * MONTHS + day.month - 1 + months
    for last in range(day.day, 0, -1):
        try:
            return date(count // MONTHS, count % MONTHS + 1, last)
        except ValueError:
            continue
    raise NoSuchDay


def month_name(month: int, language: str) -> str:
    """What a month is called by itself."""
    name: str = Locale.parse(language).months["stand-alone"]["wide"][month]
    return name


def _with_a_name(text: str) -> list[Triple]:
    """Where a month is named: the day is the number beside it, the year the other one."""
    month, numbers = _named_month(text), NUMBER.findall(text)
    match month, numbers:
        case None, _:
            return []
        case int(), [day] if len(day) <= SHORT_YEAR_DIGITS:
            return [(None, month, int(day))]
        case int(), [year, day] if len(year) == YEAR_DIGITS and len(day) <= SHORT_YEAR_DIGITS:
            return [(year, month, int(day))]
        case int(), [day, year] if len(day) <= SHORT_YEAR_DIGITS:
            return [(year, month, int(day))]
        case _:
            raise NotADay


def _in_digits(text: str) -> list[Triple]:
    """Each way the numbers can be read; Europe's before America's."""
    found = IN_DIGITS.search(text)
    if found is None:
        return []
    first, second, third = found[1], int(found[2]), found[3]
    if third is None:
        return _either_way(None, first, second)
    if len(first) == YEAR_DIGITS:
        return [(first, second, int(third))]
    if len(third) == YEAR_DIGITS:
        return _either_way(third, first, second)
    return [*_either_way(third, first, second), (first, second, int(third))]


def _either_way(year: str | None, first: str, second: int) -> list[Triple]:
    day = int(first)
    if second > MONTHS >= day:
        return [(year, day, second)]
    return [(year, second, day)]


def _day(triple: Triple, today: date, span: Span) -> date | None:
    """The day of three numbers, or None when there is none. Raises OtherCalendar, NotADay."""
    written, month, day = triple
    if not (1 <= month <= MONTHS and 1 <= day <= DAYS):
        return None
    if written is None:
        return next(_of_some_year(month, day, today, span), None)
    if len(written) not in {SHORT_YEAR_DIGITS, YEAR_DIGITS}:
        raise NotADay
    year = int(written) + (2000 if len(written) == SHORT_YEAR_DIGITS else 0)
    if year in OTHER_YEARS:
        raise OtherCalendar
    return _calendar_day(year, month, day)


def _of_some_year(month: int, day: int, today: date, span: Span) -> Iterator[date]:
    """The nearest such days on the right side of today; 29 February is not in every year."""
    step = -1 if span == "back" else 1
    for year in range(today.year, today.year + step * (MOST_YEARS + 1), step):
        found = _calendar_day(year, month, day)
        if found is None:
            continue
        if (found <= today) if span == "back" else (found >= today):
            yield found


def _calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _named_month(text: str) -> int | None:
    """The month that is named, in any language; Syria's have two words. Raises NotADay for two."""
    names, words = _month_names(), WORD.findall(text)
    pairs = [f"{one} {other}" for one, other in pairwise(words)]
    for tried in (pairs, words):
        found = {names[word] for word in tried if word in names}
        if len(found) > 1:
            raise NotADay
        if found:
            return found.pop()
    return None


@cache
def _month_names() -> Mapping[str, int]:
    """Every name of a month, folded; one that means two different months is left out."""
    meant: dict[str, set[int]] = defaultdict(set)
    for code in LOCALES:
        for widths in Locale.parse(code).months.values():
            for width in ("wide", "abbreviated"):
                for month, name in widths[width].items():
                    meant[" ".join(WORD.findall(_fold(name)))].add(month)
    return {name: months.pop() for name, months in meant.items() if len(months) == 1}


def _fold(text: str) -> str:
    """Without case, accents and joiners, and with every script's digits as 0-9."""
    letters = unicodedata.normalize("NFKD", text).casefold().translate(SAME_LETTER)
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in letters
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )
