"""How a typed value is written in a language.

Dates are Gregorian with Latin digits, times are 24 h in Europe/Stockholm, and one pattern serves
every language: weekday, day, month name, day/month in digits, HH:mm.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

FIRST_STRONG, LEFT_TO_RIGHT, POP, RIGHT_MARK = "\u2068", "\u2066", "\u2069", "\u200f"
ISOLATES = (FIRST_STRONG, LEFT_TO_RIGHT, POP)
_RTL_BLOCKS = (("\u0590", "\u08ff"), ("\ufb1d", "\ufdff"), ("\ufe70", "\ufefc"))


def is_rtl(char: str) -> bool:
    """Whether a character is a right-to-left letter."""
    return any(first <= char <= last for first, last in _RTL_BLOCKS) and char.isalpha()


def isolate(text: str, direction: str) -> str:
    """Keep a name or address whole inside text of another direction."""
    if direction == "ltr" and not any(map(is_rtl, text)):
        return text
    return f"{FIRST_STRONG}{text}{POP}"


def without_marks(text: str) -> str:
    """A text without the marks that keep directions apart; its letters still say which it has."""
    return text.translate(dict.fromkeys(map(ord, (*ISOLATES, RIGHT_MARK))))


def digits(text: str, direction: str) -> str:
    """Keep digits and their punctuation in their order inside right-to-left text."""
    return f"{LEFT_TO_RIGHT}{text}{POP}" if direction == "rtl" else text


def write_day(day: date, language: str, direction: str) -> str:
    """Weekday, day, month name and (day/month), such as "måndag 23 november (23/11)"."""
    words = format_date(day, "EEEE d MMMM", locale=language)
    return f"{words} {digits(f'({day.day}/{day.month})', direction)}"


def write_short_day(day: date, language: str, direction: str) -> str:
    """The same for a button: short weekday and day/month, such as "mån 23/11"."""
    words = format_date(day, "EEE", locale=language)
    return f"{words} {digits(f'{day.day}/{day.month}', direction)}"


def write_time(at: datetime, zone: ZoneInfo, direction: str) -> str:
    """Wall time, HH:mm."""
    return digits(f"{at.astimezone(zone):%H:%M}", direction)


def write_moment(at: datetime, language: str, zone: ZoneInfo, direction: str) -> str:
    """Day and wall time together."""
    day = write_day(at.astimezone(zone).date(), language, direction)
    return f"{day} {write_time(at, zone, direction)}"


def write_short_moment(at: datetime, language: str, zone: ZoneInfo, direction: str) -> str:
    """Short day and wall time, for a button."""
    day = write_short_day(at.astimezone(zone).date(), language, direction)
    return f"{day} {write_time(at, zone, direction)}"


def start_rtl(line: str) -> str:
    """A right-to-left line that begins with a digit, an emoji or a Latin letter gets a mark.

    Telegram takes a line's direction from its first strong character, and a leading emoji as
    left-to-right.
    """
    for char in line:
        if is_rtl(char):
            return line
        if char.isalnum() or ord(char) > 0x2190:  # noqa: PLR2004 - arrows and emoji start here
            return RIGHT_MARK + line
    return line
