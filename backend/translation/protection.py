"""What a machine must not touch: terms, numbers, dates, amounts, addresses and links.

Each is taken out before a text leaves us, and a mark stands in its place; so a telephone number
or a link is not even told to the translation server. Afterwards each is put back as it was. The
marks are HTML that says of itself not to be translated, which translation servers respect.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from backend.hygiene import MASK, clean
from backend.translation.translator import Damaged, NotATranslation
from dialogs import values

TERMS = Path(__file__).with_name("terms.txt")
MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
SHORT = ("jan", "feb", "apr", "aug", "sept", "sep", "okt", "nov", "dec")
LINK = r"(?:https?://|www\.)[^\s<>\"]{0,2000}[^\s<>\".,;:!?)\]]"
MAIL = r"[^\s@<>,;:()]{1,64}@[^\s@<>,;:()]{1,200}\.\w{2,}"
DATE = rf"\d{{1,2}}(?::e)?\s(?:{'|'.join((*MONTHS, *SHORT))})\b\.?(?:\s\d{{4}}\b)?"
BETWEEN = r"[\s./:,()\u2010-\u2015-]{1,3}"
UNIT = r"(?:\s?(?:kr|kronor|sek|euro|eur)\b|\s?[%€])"
# Digits, what stands between them, and the letters that cling to them: 14:30, 070-123 45 67, B12.
# However long: of a number in two halves, one could come back before the other. Letters in front
# are looked for once a word, from its beginning, so that a long word takes no longer than others.
DIGITS = r"(?:(?<!\w)\w*?)?\d\w*"
NUMBER = rf"\+?{DIGITS}(?:{BETWEEN}\w{{0,6}}?\d\w*)*(?::[ae]\b)?{UNIT}?"
# Bare, too: not every server keeps the tags. Some write the letter in the script of the language.
MARK = re.compile(r"(?:<span\b[^<>]{0,60}> *)?[KkКк] ?(\d{1,6})(?!\d)(?: *</span *>)?")
TAG = re.compile(r"<[a-zA-Z/!?]")


@dataclass(frozen=True)
class Hidden:
    """A text as it leaves us, line by line, and what was taken out of it, in order."""

    lines: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def has_words(self) -> bool:
        """Whether anything is left that a translator could translate."""
        return any(char.isalpha() for line in self.lines for char in MARK.sub("", line))


@dataclass(frozen=True)
class Protection:
    """Takes out, and puts back, what is not to be translated."""

    pattern: re.Pattern[str]

    @classmethod
    def load(cls, path: Path = TERMS) -> Protection:
        """With the terms of a file: one a line, its other forms after commas."""
        rows = path.read_text(encoding="utf-8").splitlines()
        forms = {
            form.strip() for row in rows if not row.startswith("#") for form in row.split(",")
        }
        longest_first = sorted(forms - {""}, key=lambda form: (-len(form), form))
        terms = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
        whole = "|".join((re.escape(MASK), LINK, MAIL, DATE, terms, NUMBER))
        # What touches has one mark: of two without a word between, nobody could tell the order.
        return cls(re.compile(f"(?:{whole})+", re.IGNORECASE))

    def hide(self, text: str) -> Hidden:
        """The text with marks in it, ready to be sent."""
        kept: list[str] = []
        lines = []
        for line in text.split("\n"):
            written, end = "", 0
            for found in self.pattern.finditer(line):
                written += escape(line[end : found.start()], quote=False)
                written += f'<span translate="no">K{len(kept)}</span>'
                kept.append(found.group())
                end = found.end()
            lines.append(written + escape(line[end:], quote=False))
        return Hidden(tuple(lines), tuple(kept))


def put_back(lines: Sequence[str], kept: Sequence[str]) -> str:
    """The translated text, with what was taken out.

    Raises Damaged when something is missing or there twice, NotATranslation for any other markup.
    """
    text = "\n".join(lines)
    found = [_number(match.group(1)) for match in MARK.finditer(text)]
    if sorted(found) != list(range(len(kept))):
        raise Damaged
    if TAG.search(MARK.sub("", text)):
        raise NotATranslation
    rtl = any(map(values.is_rtl, text))
    written, end = "", 0
    for match in MARK.finditer(text):
        written = _beside(written, clean(unescape(text[end : match.start()])))
        written = _beside(written, _as_read(kept[_number(match.group(1))], rtl=rtl))
        end = match.end()
    return _beside(written, clean(unescape(text[end:]))).strip()


def _beside(written: str, more: str) -> str:
    """The next piece. A space that was lost on the way must not make one word of two."""
    clings = written[-1:].isalnum() and more[:1].isalnum()
    return f"{written} {more}" if clings else written + more


def _as_read(kept: str, *, rtl: bool) -> str:
    """What was taken out, as its new reader can read it: digits are Latin and stay in order."""
    written = "".join(map(_latin, kept))
    if date := re.fullmatch(DATE, written, re.IGNORECASE):
        written = f"{written} ({_day_and_month(written)})"  # digits are read everywhere
    is_plain = date is not None or not any(char.isalpha() for char in written)
    return values.digits(written, "rtl" if rtl and is_plain else "ltr")


def _day_and_month(date: str) -> str:
    """Such as 24/12, of "24 december"."""
    day, month = date.replace(":e", "").split()[:2]
    names = [name[:3] for name in MONTHS]
    return f"{int(day)}/{names.index(month[:3].casefold()) + 1}"


def _latin(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def _number(digits: str) -> int:
    return int("".join(map(_latin, digits)))
