"""A new activity as it is filled in: what the form means, and what is wrong at which field."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from starlette.datastructures import ImmutableMultiDict

from backend.console.centre.fields import Field, Form, Known
from backend.console.centre.fields import read as read_fields
from backend.console.centre.spans import minute_of
from backend.console.gatherings.repeats import KINDS, Repeat, rule_of
from backend.models.calendar import MINUTES_OF_A_DAY
from backend.services import schedule
from backend.services.schedule import BadRule
from backend.services.series import NewSeries
from backend.services.walltime import instant
from dialogs.text import Text, _

FURTHEST = timedelta(days=3 * 366)
LONGEST_RULE = 300
NO_NUMBER = -1
EXAMPLE = "FREQ=WEEKLY;BYDAY=MO,WE"
NOT_SEEN = ("csrf", "do", "seen")  # of no account for what a form means
NO_TEXTS: Mapping[str, object] = {"name": {}, "about": {}}

NUMBERS = (
    Field("minutes", "number", _("Length, in minutes"), least=5, most=600),
    Field("capacity", "number", _("Seats"), least=1, most=1_000),
)
TICKS = (
    Field("skips_closures", "tick", _("Leave out days on which the place is closed")),
    Field("enrols", "tick", _("People sign up for the whole course, not for each time")),
)
TEXTS = (
    Field(
        "name",
        "texts",
        _("A name of its own"),
        _("Leave it empty to use the name of the service."),
        is_needed=False,
    ),
    Field("about", "texts", _("What it is"), is_needed=False),
)

RULE_FAULTS: Mapping[schedule.Reason, Text] = {
    "unreadable": _("This rule cannot be read. An example: {rule}", rule=EXAMPLE),
    "never": _("No day comes of this. Look at the first and the last day."),
    "too_often": _("This is too often. Choose fewer times a day."),
    "too_long": _("These are too many dates. Choose an earlier last day."),
}


@dataclass(frozen=True)
class Choice:
    """What the form can be filled with: ids of services, units and leaders; languages."""

    services: Sequence[str]
    units: Sequence[str]
    leaders: Sequence[str]
    must_lead: bool  # a coach makes series of her own only
    languages: Sequence[str]
    today: date


@dataclass(frozen=True)
class Draft:
    """A form as it was typed; ``wrong`` says what is wrong, by input."""

    form: Form
    new: NewSeries | None = None
    wrong: Mapping[str, Text] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """Stands for everything that was filled in, so that what is saved is what was shown."""
        pairs = [
            (name, " ".join(value.split()))
            for name, value in self.form.multi_items()
            if isinstance(value, str) and name not in NOT_SEEN and value.strip()
        ]
        return hashlib.sha256(json.dumps(sorted(pairs)).encode()).hexdigest()[:16]


def blank(choice: Choice, minutes: int) -> Draft:
    """The form as it is first shown."""
    pairs: list[tuple[str, object]] = [
        ("minutes", str(minutes)),
        ("capacity", "20"),
        ("repeats", "weekly"),
        ("skips_closures", "yes"),
    ]
    if choice.must_lead:
        pairs += [("coach", leader) for leader in choice.leaders[:1]]
    return Draft(ImmutableMultiDict(pairs))


def read(form: Form, choice: Choice) -> Draft:
    """What a form means, or what is wrong with it."""
    known = Known(choice.languages, choice.units)
    values, wrong = read_fields((*NUMBERS, *TICKS, *TEXTS), form, NO_TEXTS, known)
    service = _one_of(form, "service", choice.services, _("Choose a service."), wrong)
    unit = _one_of(form, "unit", choice.units, _("Choose a place."), wrong)
    leader = _leader(form, choice, wrong)
    first = _first(form, choice.today, wrong)
    rule = _rule(form, first, wrong)
    if wrong or first is None:
        return Draft(form, None, wrong)
    new = NewSeries(
        service=service,
        unit=unit,
        first=first,
        minutes=_whole(values["minutes"]),
        capacity=_whole(values["capacity"]),
        rule=rule,
        coach=leader,
        name=_texts(values["name"]),
        about=_texts(values["about"]),
        skips_closures=bool(values["skips_closures"]),
        enrols=bool(values["enrols"]),
    )
    return Draft(form, new)


def typed(form: Form, name: str) -> str:
    """What was filled in at a field, or an empty string."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def number_of(written: str) -> int:
    """A version that a form carries; when it cannot be read, one that there never is."""
    return int(written) if re.fullmatch("[0-9]{1,9}", written) else NO_NUMBER


def day_of(written: str) -> date | None:
    """The day that was chosen, or None."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def wall_start(
    form: Form, today: date, wrong: dict[str, Text], day_field: str, time_field: str
) -> datetime | None:
    """A day and a time as naive wall time; what is wrong with them goes into ``wrong``."""
    day, minute = day_of(typed(form, day_field)), minute_of(typed(form, time_field))
    if day is None:
        wrong[day_field] = _("Choose a day.")
    elif day < today:
        wrong[day_field] = _("That day has passed.")
    elif day > today + FURTHEST:
        wrong[day_field] = _("That day is more than three years away.")
    if minute is None or minute >= MINUTES_OF_A_DAY:
        wrong[time_field] = _("Write a time, such as 09:00.")
    if day is None or minute is None or day_field in wrong or time_field in wrong:
        return None
    if instant(day, minute) is None:
        wrong[time_field] = _("That time does not exist: the clocks go forward then.")
        return None
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _first(form: Form, today: date, wrong: dict[str, Text]) -> datetime | None:
    return wall_start(form, today, wrong, "first", "start")


def _one_of(
    form: Form, name: str, known: Sequence[str], words: Text, wrong: dict[str, Text]
) -> str:
    chosen = typed(form, name)
    if chosen not in known:
        wrong[name] = words
    return chosen


def _leader(form: Form, choice: Choice, wrong: dict[str, Text]) -> str | None:
    leader = typed(form, "coach")
    if leader not in choice.leaders and (leader or choice.must_lead):
        wrong["coach"] = _("Choose who leads it.")
    return leader or None


def _rule(form: Form, first: datetime | None, wrong: dict[str, Text]) -> str:
    """The rule that the choices mean; the service says whether it can be."""
    kind = typed(form, "repeats")
    found = next((each for each in KINDS if each == kind), None)
    if found is None:
        wrong["repeats"] = _("Choose how often.")
        return ""
    written, last = typed(form, "rule").removeprefix("RRULE:"), typed(form, "until")
    until = day_of(last)
    at = "rule" if found == "rule" else "repeats"
    if found == "rule" and not 0 < len(written) <= LONGEST_RULE:
        wrong["rule"] = RULE_FAULTS["unreadable"]
    elif last and until is None:
        wrong["until"] = _("Choose a day.")
    elif until and first and until < first.date():
        wrong["until"] = _("The last day comes before the first.")
    if first is None or wrong.keys() & {"rule", "until"}:
        return ""
    weekdays = tuple(int(each) for each in _chosen(form, "weekday") if each in "1234567")
    rule = rule_of(Repeat(found, weekdays, until, written.upper()), first.date())
    try:
        schedule.check(first, rule)
    except BadRule as error:
        wrong[at] = RULE_FAULTS[error.reason]
    return rule


def _chosen(form: Form, name: str) -> list[str]:
    return [each for each in form.getlist(name) if isinstance(each, str) and each]


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _texts(value: object) -> dict[str, str]:
    texts = value.items() if isinstance(value, dict) else ()
    return {str(code): str(words) for code, words in texts}
