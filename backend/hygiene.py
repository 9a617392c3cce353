"""Text from outside, made safe before it is stored: no personnummer, no invisible commands.

A plausible birth date with four more digits is hidden even when its check digit is wrong, for a
misspelt personnummer is a personnummer too. Samordningsnummer have 60 added to the day.
"""

from __future__ import annotations

import re
import unicodedata

MASK = "[•••]"
MOBILE_DIGITS = 10

# Overrides and isolates can make a message look like another one; they carry no words. The
# joiners U+200C and U+200D stay: Persian needs them.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_GAP = r"[\s\u200c\u200d.\u00a0]?"
PERSONNUMMER = re.compile(
    rf"(?<!\d)(?:(?:1[89]|20){_GAP})?\d\d{_GAP}-?{_GAP}(?:0\d|1[0-2]){_GAP}-?{_GAP}"
    rf"(?:[0-2]\d|3[01]|[6-8]\d|9[01]){_GAP}[-+\u2010-\u2015]?{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}\d(?!\d)"
)

# Six digits or more, however they are spaced: a telephone number, a case number, a date of birth.
CONTACT = re.compile(r"[^\s@]+@[^\s@]+|\+?\d(?:[\s\u00a0().-]{0,2}\d){5,}")


def clean(text: str) -> str:
    """Normal form C, line breaks as newlines, nothing invisible that changes what is seen."""
    normal = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    return INVISIBLE.sub("", normal.replace("\r\n", "\n").replace("\r", "\n"))


def mask(text: str) -> tuple[str, bool]:
    """The text with every personnummer hidden, and whether there was one."""
    folded = "".join(_ascii_digit(char) for char in text)
    found = PERSONNUMMER.finditer(folded)
    spans = [match.span() for match in found if not _is_mobile_number(match.group())]
    for start, stop in reversed(spans):
        text = text[:start] + MASK + text[stop:]
    return text, bool(spans)


def without_contacts(text: str) -> str:
    """The text with telephone numbers, long numbers and e-mail addresses hidden."""
    return CONTACT.sub(MASK, "".join(map(_ascii_digit, text)))


def _is_mobile_number(text: str) -> bool:
    """Ten digits in a row from 070 on: a mobile number, unless the check digit says otherwise."""
    if len(text) != MOBILE_DIGITS or not text.isdecimal() or not text.startswith("070"):
        return False
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(text)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 != 0


def _ascii_digit(char: str) -> str:
    """One character for one: any script's digit as 0-9, so that positions stay."""
    return str(unicodedata.decimal(char)) if char.isdecimal() else char
