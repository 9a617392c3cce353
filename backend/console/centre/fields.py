"""The fields of a service and of a place: reading what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from starlette.datastructures import FormData, ImmutableMultiDict

from backend.services.edits import MODES, Values
from dialogs.text import Text, _

SWEDISH = "sv"
LONGEST_LINE = 300
LONGEST_TEXT = 600

Kind = Literal["number", "tick", "line", "link", "lines", "texts", "modes", "units"]
Form = ImmutableMultiDict[str, object] | FormData


class WrongField(ValueError):
    """A field that cannot be meant; ``says`` is for the one who filled it in."""

    def __init__(self, says: Text, language: str = "") -> None:
        super().__init__(says.msgid)
        self.says = says
        self.language = language


@dataclass(frozen=True)
class Field:
    """One column of a row, as a form shows it. Numbers are between ``least`` and ``most``."""

    column: str
    kind: Kind
    title: Text
    hint: Text | None = None
    least: int = 0
    most: int = 0
    is_needed: bool = True


@dataclass(frozen=True)
class Known:
    """What a field can be filled with: languages to write in, places to choose from."""

    languages: Sequence[str]
    units: Container[str]


SERVICE_FIELDS = (
    Field("is_open", "tick", _("Can be booked")),
    Field("minutes", "number", _("Length, in minutes"), least=5, most=600),
    Field("before_minutes", "number", _("Free before, in minutes"), most=240),
    Field("after_minutes", "number", _("Free afterwards, in minutes"), most=240),
    Field(
        "notice_minutes", "number", _("Booked at the latest so many minutes before"), most=43_200
    ),
    Field("horizon_days", "number", _("Booked at most so many days ahead"), least=1, most=366),
    Field(
        "per_day",
        "number",
        _("At most so many on a coach's day"),
        _("Leave it empty for no limit."),
        least=1,
        most=50,
        is_needed=False,
    ),
    Field("modes", "modes", _("How people can meet")),
    Field(
        "units",
        "units",
        _("Where it is given"),
        _("None chosen means wherever its coaches are."),
        is_needed=False,
    ),
    Field("by_request", "tick", _("By request: a coach says yes first")),
    Field("by_referral", "tick", _("By referral: only staff book it")),
    Field("name", "texts", _("Name")),
    Field("about", "texts", _("What it is")),
    Field("bring", "texts", _("What to bring"), is_needed=False),
)
UNIT_FIELDS = (
    Field("name", "line", _("Name")),
    Field("address", "line", _("Address")),
    Field("floor", "line", _("Floor"), _("As the signs in the house say it."), is_needed=False),
    Field("map_url", "link", _("Link to a map"), is_needed=False),
    Field(
        "districts",
        "lines",
        _("Districts whose people come here"),
        _("One on each line."),
        is_needed=False,
    ),
    Field("aliases", "lines", _("Old names"), _("One on each line."), is_needed=False),
    Field("door", "texts", _("How to find the door"), is_needed=False),
    Field("step_free", "texts", _("How to get in without stairs"), is_needed=False),
)


def filled_in(fields: Sequence[Field], values: Values) -> ImmutableMultiDict[str, object]:
    """A row's values as the form that shows them."""
    pairs: list[tuple[str, object]] = []
    for each in fields:
        value = values[each.column]
        match each.kind:
            case "texts" if isinstance(value, dict):
                pairs += [(f"{each.column}-{code}", words) for code, words in value.items()]
            case "modes" | "units" if isinstance(value, list):
                pairs += [(each.column, item) for item in value]
            case "lines" if isinstance(value, list):
                pairs.append((each.column, "\n".join(value)))
            case "tick":
                pairs += [(each.column, "yes")] if value else []
            case _:
                pairs.append((each.column, "" if value is None else str(value)))
    return ImmutableMultiDict(pairs)


def read(
    fields: Sequence[Field], form: Form, before: Values, known: Known
) -> tuple[dict[str, object], dict[str, Text]]:
    """The values that a form means, and what is wrong at which of its inputs."""
    values: dict[str, object] = {}
    wrong: dict[str, Text] = {}
    for each in fields:
        try:
            values[each.column] = READERS[each.kind](each, form, before, known)
        except WrongField as error:
            at = f"{each.column}-{error.language}" if error.language else each.column
            wrong[at] = error.says
    return values, wrong


def _typed(form: Form, name: str) -> str:
    value = form.get(name)
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else ""


def _number(field: Field, form: Form, before: Values, known: Known) -> int | None:
    written = _typed(form, field.column)
    if not written and not field.is_needed:
        return None
    number = int(written) if written.isascii() and written.isdigit() else field.least - 1
    if not field.least <= number <= field.most:
        raise WrongField(
            _(
                "Write a whole number from {least:number} to {most:number}.",
                least=field.least,
                most=field.most,
            )
        )
    return number


def _tick(field: Field, form: Form, before: Values, known: Known) -> bool:
    return bool(_typed(form, field.column))


def _line(field: Field, form: Form, before: Values, known: Known) -> str | None:
    written = " ".join(_typed(form, field.column).split())
    if not written:
        if field.is_needed:
            raise WrongField(_("Write something first."))
        return None
    return _short_enough(written, LONGEST_LINE)


def _link(field: Field, form: Form, before: Values, known: Known) -> str | None:
    written = _line(field, form, before, known)
    if written and (not written.startswith("https://") or " " in written):
        raise WrongField(_("A link begins with https:// and has no spaces."))
    return written


def _lines(field: Field, form: Form, before: Values, known: Known) -> list[str]:
    lines = (" ".join(line.split()) for line in _typed(form, field.column).split("\n"))
    return [_short_enough(line, LONGEST_LINE) for line in dict.fromkeys(lines) if line]


def _texts(field: Field, form: Form, before: Values, known: Known) -> dict[str, str]:
    """Words by language; those in languages that the form does not show stay."""
    old = before[field.column]
    texts = {
        code: words
        for code, words in (old.items() if isinstance(old, dict) else ())
        if code not in known.languages
    }
    for code in known.languages:
        written = " ".join(_typed(form, f"{field.column}-{code}").split())
        if len(written) > LONGEST_TEXT:
            raise WrongField(_too_long(LONGEST_TEXT), code)
        if written:
            texts[code] = written
    if SWEDISH not in texts and (texts or field.is_needed):
        words = _("Write it in Swedish too. It is shown where there is no translation.")
        raise WrongField(words, SWEDISH)
    return {SWEDISH: texts[SWEDISH], **texts} if texts else {}


def _modes(field: Field, form: Form, before: Values, known: Known) -> list[str]:
    chosen = set(form.getlist(field.column))
    if not chosen or not chosen <= set(MODES):
        raise WrongField(_("Choose at least one."))
    return [mode for mode in MODES if mode in chosen]


def _units(field: Field, form: Form, before: Values, known: Known) -> list[str]:
    chosen = [str(unit) for unit in dict.fromkeys(form.getlist(field.column))]
    if any(unit not in known.units for unit in chosen):
        raise WrongField(_("Choose a place."))
    return chosen


def _short_enough(written: str, most: int) -> str:
    if len(written) > most:
        raise WrongField(_too_long(most))
    return written


def _too_long(most: int) -> Text:
    return _("This is too long. {most:number} characters are the most.", most=most)


Reader = Callable[[Field, Form, Values, Known], object]

READERS: Mapping[Kind, Reader] = {
    "number": _number,
    "tick": _tick,
    "line": _line,
    "link": _link,
    "lines": _lines,
    "texts": _texts,
    "modes": _modes,
    "units": _units,
}
