"""The blanks of a prepared message: which there are, and reading what was filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import TypeVar, get_type_hints

from starlette.datastructures import ImmutableMultiDict

from backend.hygiene import clean, mask
from backend.services.catalogue import Coach
from backend.services.prepared import (
    AUTHORITIES,
    INTERPRETED,
    THINGS,
    Authority,
    Interpreted,
    Minutes,
    Prepared,
    Room,
    Things,
)
from backend.services.walltime import instant, local_day
from dialogs.ports import Unit
from dialogs.text import Text, _
from knowledge.article import Article

FURTHEST = timedelta(days=366)

Form = ImmutableMultiDict[str, object]
Choice = TypeVar("Choice")


class WrongBlank(ValueError):
    """A blank that is empty or cannot be meant; ``says`` is for the one who filled it in."""

    def __init__(self, says: Text) -> None:
        super().__init__(says.msgid)
        self.says = says


@dataclass(frozen=True)
class Choices:
    """What blanks can be filled with. ``articles`` are by slug, the others by id."""

    units: Mapping[str, Unit]
    coaches: Mapping[str, Coach]
    articles: Mapping[str, Article]
    now: datetime

    @property
    def today(self) -> date:
        """The first day that can be named."""
        return local_day(self.now)


@dataclass(frozen=True)
class Blank:
    """One blank: the field it comes in, and its kind, which the form shows it by."""

    name: str
    kind: str


@dataclass(frozen=True)
class Filled:
    """Every blank is right."""

    prepared: Prepared


@dataclass(frozen=True)
class Wrong:
    """What is wrong with which blank."""

    problems: Mapping[str, Text]


def blanks(kind: type[Prepared]) -> tuple[Blank, ...]:
    """The blanks of a prepared message, in their order."""
    return tuple(Blank(name, KINDS[hint][0]) for name, hint in _fields(kind).items())


def fill(kind: type[Prepared], form: Form, choices: Choices) -> Filled | Wrong:
    """The message with its blanks filled in, or what is wrong with them."""
    values: dict[str, object] = {}
    problems: dict[str, Text] = {}
    for name, hint in _fields(kind).items():
        try:
            values[name] = KINDS[hint][1](form, name, choices)
        except WrongBlank as wrong:
            problems[name] = wrong.says
    if problems:
        return Wrong(problems)
    make: Callable[..., Prepared] = kind
    return Filled(make(**values))


def _fields(kind: type[Prepared]) -> dict[str, type]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _text(form: Form, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _day(form: Form, name: str, choices: Choices) -> date:
    try:
        day = date.fromisoformat(_text(form, name))
    except ValueError:
        raise WrongBlank(_("Choose a day.")) from None
    if day < choices.today:
        raise WrongBlank(_("That day has passed."))
    if day > choices.today + FURTHEST:
        raise WrongBlank(_("That day is more than a year away."))
    return day


def _moment(form: Form, name: str, choices: Choices) -> datetime:
    day = _day(form, f"{name}-day", choices)
    try:
        wall = time.fromisoformat(_text(form, f"{name}-time"))
    except ValueError:
        raise WrongBlank(_("Choose a time.")) from None
    at = instant(day, wall.hour * 60 + wall.minute)
    if at is None:
        raise WrongBlank(_("That time does not exist: the clocks go forward then."))
    if at <= choices.now:
        raise WrongBlank(_("That time has passed."))
    return at


def _unit(form: Form, name: str, choices: Choices) -> Unit:
    return _one_of(choices.units, _text(form, name), _("Choose a place."))


def _coach(form: Form, name: str, choices: Choices) -> Coach:
    return _one_of(choices.coaches, _text(form, name), _("Choose a person."))


def _article(form: Form, name: str, choices: Choices) -> Article:
    return _one_of(choices.articles, _text(form, name), _("Choose an article."))


def _things(form: Form, name: str, choices: Choices) -> Things:
    chosen = set(form.getlist(name))
    if not chosen or not chosen <= THINGS.keys():
        raise WrongBlank(_("Choose at least one thing."))
    return Things(tuple(thing for thing in THINGS if thing in chosen))


def _minutes(form: Form, name: str, _choices: Choices) -> Minutes:
    written = _text(form, name)
    number = int(written) if written.isdecimal() and len(written) <= len(str(Minutes.MOST)) else 0
    if not Minutes.LEAST <= number <= Minutes.MOST:
        raise WrongBlank(
            _(
                "Write a whole number from {least:number} to {most:number}.",
                least=Minutes.LEAST,
                most=Minutes.MOST,
            )
        )
    return Minutes(number)


def _room(form: Form, name: str, _choices: Choices) -> Room:
    words, hidden = mask(" ".join(clean(_text(form, name)).split()))
    if not words:
        raise WrongBlank(_("Write which room."))
    if hidden:
        raise WrongBlank(_("This looks like a personnummer. Take it out."))
    if len(words) > Room.LONGEST:
        raise WrongBlank(
            _("This is too long. {most:number} characters are the most.", most=Room.LONGEST)
        )
    return Room(words)


def _authority(form: Form, name: str, _choices: Choices) -> Authority:
    return _one_of(AUTHORITIES, _text(form, name), _("Choose an authority."))


def _language(form: Form, name: str, _choices: Choices) -> Interpreted:
    return _one_of(INTERPRETED, _text(form, name), _("Choose a language."))


def _one_of(choices: Mapping[str, Choice], key: str, otherwise: Text) -> Choice:
    if key not in choices:
        raise WrongBlank(otherwise)
    return choices[key]


Reader = Callable[[Form, str, Choices], object]

KINDS: Mapping[type, tuple[str, Reader]] = {
    date: ("day", _day),
    datetime: ("moment", _moment),
    Unit: ("unit", _unit),
    Coach: ("coach", _coach),
    Article: ("article", _article),
    Things: ("things", _things),
    Minutes: ("minutes", _minutes),
    Room: ("room", _room),
    Authority: ("authority", _authority),
    Interpreted: ("language", _language),
}
