"""Reading one cell of a table as somebody in an office has written it, Swedish or English."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache

from babel import Locale

from backend.gatherings.found import Known
from backend.hygiene import mask
from backend.services.catalogue import Terms
from backend.services.places import fold
from dialogs.text import Text, _

ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]0?0:00(?::00)?)?")
OUR_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/. ](\d{4})")
TIME = re.compile(r"([01]?\d|2[0-3])(?:[:.]([0-5]\d)(?:[:.][0-5]\d)?)?")
YES = frozenset(("ja", "j", "yes", "y", "x", "1", "true", "sant"))
NO = frozenset(("", "nej", "n", "no", "0", "false", "falskt"))
SWEDISH = "sv"
LONGEST_NAME = 120
LONGEST_ABOUT = 2_000
MOST_SEATS = 500
LANGUAGES_AT_ONCE = 3


class WrongCell(ValueError):
    """A cell that cannot be meant; ``says`` is for the one who has written it."""

    def __init__(self, says: Text) -> None:
        super().__init__(says.msgid)
        self.says = says


def day(written: str) -> date:
    """A day: 2027-01-11, 11/1/2027 or 11.1.2027. Raises WrongCell."""
    if not written:
        raise WrongCell(_("The day is missing."))
    if found := ISO_DAY.fullmatch(written):
        year, month, number = map(int, found.groups())
    elif found := OUR_DAY.fullmatch(written):
        number, month, year = map(int, found.groups())
    else:
        raise WrongCell(_("This is no day. Write it as 2027-01-11."))
    try:
        return date(year, month, number)
    except ValueError:
        raise WrongCell(_("There is no such day.")) from None


def minute(written: str) -> int | None:
    """Minutes since midnight of 9, 9.00, 09:00 or 09:00:00; None when empty. Raises WrongCell."""
    if not written:
        return None
    found = TIME.fullmatch(written)
    if found is None:
        raise WrongCell(_("Write a time, such as 09:00."))
    return int(found[1]) * 60 + int(found[2] or 0)


def start(written: str) -> int:
    """The same, and it must be there. Raises WrongCell."""
    found = minute(written)
    if found is None:
        raise WrongCell(_("The time is missing."))
    return found


def length(written: str) -> int | None:
    """How many minutes; None when empty. Raises WrongCell."""
    return _number(written, 5, 600) if written else None


def seats(known: Known, written: str) -> int:
    """How many can come. Raises WrongCell."""
    if written:
        return _number(written, 1, MOST_SEATS)
    if known.otherwise.seats is None:
        raise WrongCell(_("The number of places is missing."))
    return known.otherwise.seats


def service(known: Known, written: str) -> Terms:
    """What kind of activity: its id or its name in any language. Raises WrongCell."""
    wanted = written or known.otherwise.service
    if not wanted:
        raise WrongCell(_("The kind of activity is missing."))
    services = known.catalogue.services
    folded = fold(wanted)
    found = services.get(wanted) or next(
        (
            terms
            for terms in services.values()
            if folded in {fold(words) for _code, words in terms.service.name.by_language}
        ),
        None,
    )
    if found is None:
        raise WrongCell(_("There is no activity of this kind."))
    if not found.service.group:
        raise WrongCell(_("This is a meeting with a coach, not an activity for a group."))
    return found


def unit(known: Known, written: str) -> str:
    """A place: its id, its name or an old one, and nothing that is only like it.

    Raises WrongCell.
    """
    wanted = written or known.otherwise.unit
    if not wanted:
        raise WrongCell(_("The place is missing."))
    if wanted in known.catalogue.units:
        return wanted
    found = known.catalogue.places.names.get(fold(wanted))
    if found is None:
        raise WrongCell(_("We do not know this place. Write its name as on the page of places."))
    return found


def leader(known: Known, written: str) -> str | None:
    """The id of a member of staff by her user name; None when empty. Raises WrongCell."""
    if not written:
        return None
    found = known.leaders.get(written.casefold())
    if found is None:
        raise WrongCell(_("Nobody here has this user name."))
    return found


def languages(written: str) -> tuple[str, ...]:
    """Codes of the languages that are spoken there, by code or by name. Raises WrongCell."""
    names = [name for name in re.split(r"[,/;+]|\boch\b|\band\b", written) if name.strip()]
    if len(names) > LANGUAGES_AT_ONCE:
        raise WrongCell(_("These are too many languages."))
    return tuple(dict.fromkeys(map(_language, names)))


def yes(written: str) -> bool:
    """Yes or no, in a word or a cross. Raises WrongCell."""
    if written.casefold() in YES:
        return True
    if written.casefold() in NO:
        return False
    raise WrongCell(_("Write yes or no."))


def words(written: str, most: int) -> str:
    """A text on one line, not too long and without a personnummer. Raises WrongCell."""
    line = " ".join(written.split())
    if len(line) > most:
        raise WrongCell(_("This is too long. {most:number} characters are the most.", most=most))
    if mask(line)[1]:
        raise WrongCell(_("This looks like a personnummer. Take it out."))
    return line


def at(on: date, minutes: int) -> datetime:
    """A day and minutes since its midnight as naive wall time."""
    return datetime(on.year, on.month, on.day, minutes // 60, minutes % 60)  # noqa: DTZ001 - wall


def _number(written: str, least: int, most: int) -> int:
    number = int(written) if re.fullmatch(r"[0-9]{1,6}", written) else least - 1
    if not least <= number <= most:
        raise WrongCell(
            _(
                "Write a whole number from {least:number} to {most:number}.",
                least=least,
                most=most,
            )
        )
    return number


def _language(name: str) -> str:
    folded = fold(name)
    found = _language_names().get(folded)
    if found is None:
        raise WrongCell(_("We do not know this language."))
    return found


@cache
def _language_names() -> dict[str, str]:
    """Codes by folded code and by folded name, Swedish and English; our own codes win."""
    names: dict[str, str] = {}
    for reader in ("sv", "en"):
        for code, name in Locale(reader).languages.items():
            names.setdefault(fold(name), code)
            names.setdefault(fold(code), code)
    return names | {"dari": "fa_AF", "fa af": "fa_AF", "kurmanji": "kmr", "sorani": "ckb"}
